-- one row per month end of four years: children at risk on that day
select
    'at_risk' as figure,
    'children' as unit,
    'all' as group_type,
    'all' as "group",
    count(s.person_id) as numerator,
    m.month_end as period_start,
    m.month_end as period_end,
    ['count'] as measures,
    ['trust'] as needs
from core_months as m
left join core_at_risk_spells as s on in_force(s.start_date, s.end_date, m.month_end)
-- The as-at date itself is the stock of out_scale.
where m.month_end < as_at()
group by m.month_end
