-- one row per child and definition of exploitation that it met in the 12 months to the as-at date
with events as (
    select supplier, person_ref, 'assessment factor 24A' as definition, assessed_date as day
    from stg_trust__assessment_factors where factor_code = '24A'
    union all
    select supplier, person_ref, 'police marker', occurred_on
    from stg_police__involvements where list_has_any(markers, ['CCE', 'COUNTY_LINES'])
)

select distinct l.person_id, e.definition
from events as e join core_people as l using (supplier, person_ref)
where in_the_year(e.day) and is_child_on(l.turns_18_on, e.day)
union all
select distinct person_id, 'National Referral Mechanism'
from core_nrm_referrals
where list_contains(exploitation_types, 'criminal') and in_the_year(referred_date)
union all
select person_id, 'at risk' from core_cohort
