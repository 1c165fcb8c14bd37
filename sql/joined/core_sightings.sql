-- one row per child, agency and length of period (6, 12, 24 months to the as-at date) in which the agency identified it as exploited by its own records
with records as (
    select supplier, person_ref, 'police' as agency, occurred_on as day, false as is_referred
    from stg_police__involvements where list_has_any(markers, ['CCE', 'COUNTY_LINES'])
    union all
    select supplier, person_ref, 'police', referred_date, false
    from stg_police__nrm_referrals where list_contains(exploitation_types, 'criminal')
    union all
    select supplier, person_ref, 'trust', referred_date, false
    from stg_trust__nrm_referrals where list_contains(exploitation_types, 'criminal')
    union all
    -- An assessment that another of these agencies asked for is no second sighting of its own.
    select f.supplier, f.person_ref, 'trust', f.assessed_date, coalesce(r.source = '6' or r.source like '3%', false)
    from stg_trust__assessment_factors as f
    asof left join stg_trust__referrals as r
        on r.supplier = f.supplier and r.person_ref = f.person_ref and r.referral_date <= f.assessed_date
    where f.factor_code = '24A'
    union all
    select supplier, person_ref, 'health', contact_date, false
    from stg_health__contacts where reason = 'exploitation_concern'
),

periods as (
    select unnest([6, 12, 24]) as months
)

select l.person_id, r.agency, p.months, bool_and(r.is_referred) as is_referred
from records as r
join core_people as l using (supplier, person_ref)
join periods as p on in_the_last(p.months, r.day)
where is_child_on(l.turns_18_on, r.day)
group by l.person_id, r.agency, p.months
