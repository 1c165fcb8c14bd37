-- one row per child and kind of event: the day of the first in the records by the as-at date
with events as (
    select person_id, 'suspended or excluded' as kind, day from core_indicators where agency = 'education'
    union all select person_id, 'missing', day from core_indicators where indicator in ('missing', 'reported missing')
    union all select person_id, 'harmed', day from core_indicators where agency = 'health'
    union all select person_id, 'victim', occurred_on from core_involvements where role = 'victim'
    union all select person_id, 'suspect', occurred_on from core_involvements where role = 'suspect'
    union all
    select l.person_id, 'referred to social care', r.referral_date
    from stg_trust__referrals as r join core_people as l using (supplier, person_ref)
    where r.referral_date <= as_at() and is_child_on(l.turns_18_on, r.referral_date)
    union all select person_id, 'hub', referral_date from core_hub_firsts
)

select e.person_id, e.kind, min(e.day) as day, any_value(c.birth_month) as birth_month
from events as e join core_children as c using (person_id)
group by e.person_id, e.kind
