-- one row per extract in use: rows received
with checks as (
    select table_name, supplier, any_value(rows) as rows from raw_checks group by table_name, supplier
)

select
    'rows_received' as figure, 'rows' as unit, 'extract' as group_type, table_name as "group", sum(rows)::bigint as numerator,
    ['count'] as measures, []::varchar[] as needs
from checks
group by table_name
