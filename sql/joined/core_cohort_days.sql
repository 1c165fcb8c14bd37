-- one row per day that the children at risk are counted on, the as-at date and earlier ones, and child at risk on it
with days as (
    select as_at() as day union select day from core_earlier_days
)

select
    d.day,
    p.person_id,
    level_name(p.level) as risk_level,
    age_on(c.birth_month, d.day) as age,
    boys_or_not(c.sex) as sex,
    coalesce(c.ethnicity, 'Not known') as ethnicity,
    p.residence,
    p.ward_code,
    p.locality,
    coalesce(s.has_cla, false) as has_cla,
    coalesce(s.has_cp, false) as has_cp,
    coalesce(s.has_cin, false) as has_cin,
    coalesce(s.plan, 'none') as plan,
    s.placement,
    s.placed_where
from days as d
join core_hub_periods as p on p.is_at_risk and in_force(p.from_date, p.to_date, d.day)
join core_children as c using (person_id)
left join core_plan_states as s on s.person_id = p.person_id and in_force(s.from_date, s.to_date, d.day)
