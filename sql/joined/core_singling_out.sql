-- one row per source: how far age, sex, ethnic group and ward single children out; groups of those who are alike in all four
-- k is the size of the smallest group; l the smallest number of different levels of risk (or none) in a group (Sweeney 2002; Machanavajjhala et al. 2007).
with described as (
    select
        p.supplier, p.person_ref,
        coalesce(age_on(p.birth_month, as_at())::varchar, '') as age, coalesce(p.sex, '') as sex, coalesce(p.ethnicity, '') as ethnicity,
        coalesce(p.ward_code, '') as ward_code, coalesce(c.risk_level, 'not at risk') as risk_level
    from core_source_people as p
    join core_links as l using (source_person_id)
    left join core_cohort as c on c.person_id = l.person_id
),

alike as (
    select supplier, count(*) as people, count(distinct risk_level) as levels
    from described
    group by supplier, age, sex, ethnicity, ward_code
)

select
    supplier, sum(people) as people, count(*) as groups, min(people) as k, min(levels) as l,
    count(*) filter (people = 1) as alone, coalesce(sum(people) filter (people < 5), 0) as people_in_groups_under_5
from alike
group by supplier
