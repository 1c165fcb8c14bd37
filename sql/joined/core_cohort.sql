-- one row per child at risk on the as-at date
with plans as (
    select
        person_id,
        bool_or(plan_type = 'CLA') as has_cla,
        bool_or(plan_type = 'CP') as has_cp,
        bool_or(plan_type = 'CIN') as has_cin
    from core_plan_spells
    where in_force(start_date, end_date, as_at())
    group by person_id
)

select
    p.person_id,
    level_name(p.level) as risk_level,
    age_on(c.birth_month, as_at()) as age,
    coalesce(c.sex, 'U') as sex,
    coalesce(c.ethnicity, 'Not known') as ethnicity,
    p.residence,
    p.ward_code,
    p.locality,
    coalesce(s.has_cla, false) as has_cla,
    coalesce(s.has_cp, false) as has_cp,
    coalesce(s.has_cin, false) as has_cin,
    case when s.has_cla then 'CLA' when s.has_cp then 'CP' when s.has_cin then 'CIN' else 'none' end as plan
from core_hub_periods as p
join core_children as c using (person_id)
left join plans as s using (person_id)
where p.is_at_risk and in_force(p.from_date, p.to_date, as_at())
