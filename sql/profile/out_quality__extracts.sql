-- one row per extract in use and count of its checks: rows received, rules tried, rules with warnings, rows warned of
with checks as (
    select
        table_name, supplier, any_value(rows) as rows, count(*) as rules,
        count(*) filter (failed > 0) as rules_warned, sum(failed) as rows_warned
    from raw_checks
    group by table_name, supplier
),

extracts as (
    select table_name, sum(rows) as rows, sum(rules) as rules, sum(rules_warned) as rules_warned, sum(rows_warned) as rows_warned
    from checks
    group by table_name
)

select
    figure, unit, 'extract' as group_type, table_name as "group", n::bigint as numerator, ['count'] as measures, []::varchar[] as needs
from (
    select table_name, unnest(['rows_received', 'rows_warned_of']) as figure, unnest(['rows', 'rows']) as unit, unnest([rows, rows_warned]) as n
    from extracts
)
