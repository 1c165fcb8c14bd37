-- one row per referral to the hub or to social care, and per child with an indicator, counted in a figure, and one per quartile of the wait
with hub as (
    select person_id, referral_source_group(referral_source) as referral_source, decision, referral_date, decision_date
    from core_hub_episodes
    where is_cce and referral_date <= as_at()
),

care as (
    select l.person_id, r.no_further_action, referral_source_group(r.source) as referral_source, r.referral_date
    from stg_trust__referrals as r join core_people as l using (supplier, person_ref)
    where is_child_on(l.turns_18_on, r.referral_date)
),

-- Children with an indicator in the year, at each agency; and where they live on the day.
indicated as (
    select distinct person_id, agency from core_indicators where in_the_year(day)
),

referred_by as (
    select distinct
        person_id,
        case referral_source_group(referral_source)
            when 'education' then 'education' when 'health' then 'health' when 'social care' then 'trust' when 'police' then 'police'
        end as agency
    from core_hub_episodes
    where is_cce and in_the_year(referral_date)
),

children as (
    select i.person_id, coalesce(h.locality, 'not known') as locality
    from (select distinct person_id from indicated) as i left join core_homes_now as h using (person_id)
)

select 'hub_referrals' as figure, person_id, referral_source, decision, referral_date as happened_on from hub
union all by name
select 'hub_decisions' as figure, person_id, decision, decision_date as happened_on from hub where decision <> 'pending' and decision_date is not null
union all by name
select 'care_referrals' as figure, person_id, referral_source, referral_date as happened_on from care
union all by name
select 'care_no_action' as figure, person_id, referral_source, referral_date as happened_on from care where no_further_action = 'Y'
union all by name
select 'indicated_children' as figure, person_id, locality from children
union all by name
select 'indicated_referred' as figure, person_id, locality from children semi join referred_by using (person_id)
union all by name
-- A child counts at each agency that has an indicator of it; referred is only what that agency referred.
select 'agency_indicated' as figure, person_id, agency, agency as event, day as happened_on from core_indicators
union all by name
select 'agency_referred' as figure, person_id, agency from indicated semi join referred_by using (person_id, agency)
union all by name
select 'time_to_decision' as figure, s.quartile, s.days as average, s.children
from core_survival as s
where s.what = 'time to decision'
