-- one row per child who was identified in the year that ended a year before the as-at date, or had an indicator then and was never referred: the day
with identified as (
    select 'identified' as followed_group, person_id, referral_date as day
    from core_hub_firsts
    where referral_date > months_before(24) and referral_date <= months_before(12)
),

others as (
    select 'not_identified', i.person_id, min(i.day)
    from core_indicators as i
    anti join core_hub_firsts as h on h.person_id = i.person_id
    where i.day > months_before(24) and i.day <= months_before(12)
    group by i.person_id
)

select a.*, boys_or_not(c.sex) as sex, coalesce(c.ethnicity, 'Not known') as ethnicity
from (select * from identified union all select * from others) as a
join core_children as c using (person_id)
where c.birth_month is null or turns_18_on(c.birth_month) > (a.day + interval 12 month)::date
