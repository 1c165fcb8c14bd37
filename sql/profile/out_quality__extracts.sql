-- one row per extract in use and count of its checks: rows received, rows warned of; the latter by agency too
with checks as (
    select
        table_name, supplier, any_value(rows) as rows, sum(failed) as rows_warned
    from raw_checks
    group by table_name, supplier
),

extracts as (
    select table_name, sum(rows) as rows, sum(rows_warned) as rows_warned
    from checks
    group by table_name
),

counts as (
    select 'rows_received' as figure, 'extract' as group_type, table_name as "group", rows as n from extracts
    union all
    select 'rows_warned_of', 'extract', table_name, rows_warned from extracts
    union all
    -- What stands in the extracts' place where too many of them have next to none.
    select 'rows_warned_of', 'agency', split_part(table_name, '__', 1), sum(rows_warned) from extracts group by all
)

select figure, 'rows' as unit, group_type, "group", n::bigint as numerator, ['count'] as measures, []::varchar[] as needs
from counts
