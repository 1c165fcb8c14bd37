-- one row per window in which events are counted: each month, and of each period the windows that end on the as-at date, on that day of earlier years, and on the day of the last edition
with lengths as (
    select period, regexp_extract(period, '^(\d+) months$', 1)::integer as months
    from core_periods
    where regexp_full_match(period, '\d+ months')
)

select 'month' as period, month_end as day, date_trunc('month', month_end)::date as starts
from core_months
union all
select period, ends, starts from core_periods where period <> 'day'
union all
select l.period, d.day, (d.day - to_months(l.months))::date + 1
from lengths as l
join (select distinct day from core_earlier_days where kind in ('years before', 'last edition')) as d on true
