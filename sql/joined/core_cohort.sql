-- one row per child at risk on the as-at date
select
    p.person_id,
    level_name(p.level) as risk_level,
    age_on(c.birth_month, as_at()) as age,
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
from core_hub_periods as p
join core_children as c using (person_id)
left join core_plan_states as s on s.person_id = p.person_id and in_force(s.from_date, s.to_date, as_at())
where p.is_at_risk and in_force(p.from_date, p.to_date, as_at())
