-- one row per month end of four years, and for the day a year before: children at risk on that day
with days as (
    select month_end as day from core_months
    union
    select a_year_before(as_at())
)

select
    'at_risk' as figure,
    'children' as unit,
    'all' as group_type,
    'all' as "group",
    those(s.person_id) as members,
    d.day as period_start,
    d.day as period_end,
    ['count'] as measures,
    ['trust'] as needs
from days as d
left join core_at_risk_spells as s on in_force(s.start_date, s.end_date, d.day)
-- The as-at date itself is the stock of out_scale.
where d.day < as_at()
group by d.day
