-- one row per published date on or before the as-at date: children at risk on that day, recomputed
select
    'at_risk' as figure,
    'children' as unit,
    'all' as group_type,
    'all' as "group",
    count(s.person_id) as numerator,
    p.as_at as period_start,
    p.as_at as period_end,
    ['count'] as measures,
    ['trust'] as needs
from (select distinct as_at::date as as_at from ref_published) as p
left join core_at_risk_spells as s on in_force(s.start_date, s.end_date, p.as_at)
where p.as_at < as_at() and p.as_at not in (select month_end from core_months)
group by p.as_at
