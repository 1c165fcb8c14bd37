-- one row per event of the 36 months to the as-at date of someone who was 18 or over on its day, with the agency that recorded it: in no other figure
with events as (
    select supplier, person_ref, 'trust' as agency, referral_date as day from stg_trust__hub_episodes
    union all select supplier, person_ref, 'trust', started_at::date from stg_trust__missing_episodes
    union all select supplier, person_ref, 'trust', referral_date from stg_trust__referrals
    union all select supplier, person_ref, 'trust', start_date from stg_trust__s47_enquiries
    union all select supplier, person_ref, 'trust', assessed_date from stg_trust__assessment_factors
    union all select supplier, person_ref, 'trust', start_date from stg_trust__youth_justice
    union all select supplier, person_ref, 'trust', offered_date from stg_trust__interventions
    union all select supplier, person_ref, 'trust', referred_date from stg_trust__nrm_referrals
    union all select supplier, person_ref, 'police', occurred_on from stg_police__involvements
    union all select supplier, person_ref, 'police', reported_at::date from stg_police__missing_reports
    union all select supplier, person_ref, 'police', referred_date from stg_police__nrm_referrals
    union all select supplier, person_ref, 'health', contact_date from stg_health__contacts
    union all select supplier, person_ref, 'education', start_date from stg_education__exclusions
)

select l.person_id, e.agency
from events as e
join core_people as l using (supplier, person_ref)
where in_the_last(36, e.day) and not is_child_on(l.turns_18_on, e.day)
