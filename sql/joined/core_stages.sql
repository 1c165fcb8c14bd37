-- one row per child with an indicator at any agency in the 36 months, with how far it came: referred to the hub, assessed at risk, assessed high
with indicated as (
    select distinct person_id from core_indicators where in_the_last(36, day)
),

referred as (
    select distinct person_id from core_hub_episodes where is_cce and in_the_last(36, referral_date)
),

assessed as (
    select person_id, max(level) as level from core_assessments where in_the_last(36, assessed_date) group by person_id
),

stages as (
    select
        i.person_id,
        r.person_id is not null as is_referred,
        r.person_id is not null and coalesce(a.level > 0, false) as is_assessed,
        r.person_id is not null and coalesce(a.level = 3, false) as is_high
    from indicated as i
    left join referred as r using (person_id)
    left join assessed as a using (person_id)
)

select s.*, boys_or_not(c.sex) as sex, coalesce(c.ethnicity, 'Not known') as ethnicity
from stages as s join core_children as c using (person_id)
