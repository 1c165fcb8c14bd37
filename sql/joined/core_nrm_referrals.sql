-- one row per referral to the National Referral Mechanism by the as-at date, once where police and Trust both supply it
with records as (
    select supplier, 1 as believed, key_nrm, person_ref, referred_date, exploitation_types, county_lines, reasonable_grounds, conclusive_grounds
    from stg_police__nrm_referrals
    union all
    select supplier, 2, key_nrm, person_ref, referred_date, exploitation_types, county_lines, reasonable_grounds, conclusive_grounds
    from stg_trust__nrm_referrals
),

referrals as (
    select
        r.key_nrm,
        arg_min(l.person_id, r.believed) as person_id,
        arg_min(l.turns_18_on, r.believed) as turns_18_on,
        arg_min(r.referred_date, r.believed) as referred_date,
        list_distinct(flatten(list(r.exploitation_types))) as exploitation_types,
        bool_or(r.county_lines = 'Y') as is_county_lines,
        -- A decision that one agency has not heard of yet is still pending there.
        coalesce(arg_min(r.reasonable_grounds, r.believed) filter (r.reasonable_grounds <> 'pending'), 'pending') as reasonable_grounds,
        coalesce(arg_min(r.conclusive_grounds, r.believed) filter (r.conclusive_grounds <> 'pending'), 'pending') as conclusive_grounds,
        count(distinct r.believed) > 1 as is_from_both
    from records as r
    join core_people as l using (supplier, person_ref)
    group by r.key_nrm
)

-- By the day of the record that is believed, whatever day the other gives.
select * exclude (turns_18_on)
from referrals
where referred_date <= as_at() and is_child_on(turns_18_on, referred_date)
