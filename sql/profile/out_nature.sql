-- one row per child or referral counted in a figure of the kinds of exploitation, with the groups that it is in
with open_episodes as (
    select c.person_id, c.sex, e.is_cse, e.cce_forms
    from core_cohort as c
    join core_hub_episodes as e on e.person_id = c.person_id and e.is_cce and e.open_from is not null and in_force(e.open_from, e.open_to, as_at())
),

forms as (
    select person_id, list_distinct(flatten(list(coalesce(cce_forms, [])))) as forms, any_value(sex) as sex, bool_or(is_cse) as is_cse
    from open_episodes
    group by person_id
),

by_form as (
    select person_id, case when form in ('money_mule', 'cuckooing', 'online', 'cannabis_cultivation') then 'other' else form end as form
    from (select person_id, unnest(forms) as form from forms)
    where form <> 'not_known'
    union all
    -- A child whose open episodes all say nothing of the form, or not known.
    select person_id, 'not_known' from forms where len(list_filter(forms, lambda f: f <> 'not_known')) = 0
),

nrm as (
    select
        *,
        case when reasonable_grounds in ('withdrawn', 'suspended') then 'withdrawn or suspended' else reasonable_grounds end as reasonable,
        case when conclusive_grounds in ('withdrawn', 'suspended') then 'withdrawn or suspended' else conclusive_grounds end as conclusive
    from core_nrm_referrals
)

select 'forms' as figure, person_id, form as cce_form from by_form
union all by name
select 'also_sexual' as figure, person_id, sex from forms where is_cse
union all by name
select
    'nrm_referrals' as figure, person_id, key_nrm as event, reasonable as reasonable_grounds, conclusive as conclusive_grounds,
    referred_date as happened_on
from nrm
union all by name
select
    'nrm_referrals' as figure, person_id, key_nrm as event,
    unnest(list_distinct(list_transform(exploitation_types, lambda t: case when t in ('criminal', 'sexual') then t else 'other' end))) as nrm_type,
    referred_date as happened_on
from nrm
union all by name
select 'nrm_children' as figure, person_id, referred_date as happened_on from nrm
union all by name
select 'nrm_county_lines' as figure, person_id, referred_date as happened_on from nrm where is_county_lines
