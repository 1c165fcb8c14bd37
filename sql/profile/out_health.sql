-- one row per contact or child counted in a figure of health, with service and reason, and one per quartile of the wait
with of_year as (
    select * from core_contacts where in_the_year(contact_date)
),

concerning as (
    select * from of_year where reason in ('assault, sharp', 'assault, other', 'self-harm or overdose', 'exploitation concern')
),

-- Neither the police nor the Trust has any record of these children.
only_health as (
    select c.person_id, c.reason
    from concerning as c
    join core_children as k using (person_id)
    where not k.is_known_to_police and not k.is_known_to_trust
),

referrals as (
    select person_id, service, accepted
    from of_year
    where service in ('camhs', 'neurodevelopmental') and accepted in ('Y', 'N')
)

select 'health_contacts' as figure, person_id, service as health_service, reason as health_reason from of_year
union all by name
select 'health_children' as figure, person_id, service as health_service, reason as health_reason from of_year
union all by name
select 'health_concerning' as figure, person_id from concerning
union all by name
select 'health_alone' as figure, person_id, reason as health_reason from only_health
union all by name
select 'health_at_risk' as figure, person_id, reason as health_reason from of_year semi join core_cohort using (person_id)
union all by name
select 'mental_referrals' as figure, person_id, service as mental_service from referrals
union all by name
select 'mental_refused' as figure, person_id, service as mental_service from referrals where accepted = 'N'
union all by name
select 'wait_to_first_seen' as figure, s."group" as mental_service, s.quartile, s.days as average, s.children
from core_survival as s
where s.what = 'wait to first seen'
