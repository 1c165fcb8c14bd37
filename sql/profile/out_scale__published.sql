-- one row per published date before the as-at date and level of risk, and their total: children at risk on that day, recomputed
with days as (
    select distinct as_at::date as as_at from ref_published where as_at::date < as_at()
),

at_risk as (
    select d.as_at, p.person_id, level_name(p.level) as risk_level
    from days as d
    join core_hub_periods as p on p.is_at_risk and in_force(p.from_date, p.to_date, d.as_at)
),

groups as (
    select 'risk_level' as group_type, "group" from ref_groups where group_type = 'risk_level'
    union all select 'all', 'all'
)

select
    'at_risk' as figure,
    'children' as unit,
    g.group_type,
    g."group",
    those(a.person_id) as members,
    d.as_at as period_start,
    d.as_at as period_end,
    ['count'] as measures,
    ['trust'] as needs
from days as d
cross join groups as g
left join at_risk as a on a.as_at = d.as_at and (g.group_type = 'all' or a.risk_level = g."group")
-- A month end of the last four years and the day a year before are in the series already.
where g.group_type <> 'all' or (d.as_at not in (select month_end from core_months) and d.as_at <> a_year_before(as_at()))
group by d.as_at, g.group_type, g."group"
