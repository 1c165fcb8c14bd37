-- one row per figure of the forms of exploitation of the children at risk, exploitation of both kinds by sex, and referrals to the National Referral Mechanism
with open_episodes as (
    select c.person_id, c.sex, e.is_cse, e.cce_forms
    from core_cohort as c
    join core_hub_episodes as e on e.person_id = c.person_id and e.is_cce and e.open_from is not null and in_force(e.open_from, e.open_to, as_at())
),

-- A child whose open episodes all say nothing of the form, or not known.
forms as (
    select person_id, list_distinct(flatten(list(coalesce(cce_forms, [])))) as forms, any_value(sex) as sex, bool_or(is_cse) as is_cse
    from open_episodes
    group by person_id
),

by_form as (
    select person_id, case when form in ('money_mule', 'cuckooing', 'online', 'cannabis_cultivation') then 'other' else form end as form
    from (select person_id, unnest(forms) as form from forms) where form <> 'not_known'
    union all
    select person_id, 'not_known' from forms where len(list_filter(forms, lambda f: f <> 'not_known')) = 0
),

nrm as (
    select * from core_nrm_referrals where in_the_last(36, referred_date)
),

by_type as (
    select person_id, case when t in ('labour', 'domestic_servitude', 'other') then 'other' else t end as kind
    from (select person_id, key_nrm, unnest(list_distinct(list_transform(exploitation_types, lambda t: case when t in ('criminal', 'sexual') then t else 'other' end))) as t from nrm)
),

counts as (
    select 'forms' as figure, 'children' as unit, g.group_type, g."group", distinct_of(f.person_id) as members, 'at_risk' as whole, ['trust__hub_episodes.cce_forms'] as needs
    from ref_groups as g left join by_form as f on f.form = g."group" where g.group_type = 'cce_form' group by all
    union all
    select 'also_sexual', 'children', 'all', 'all', those(person_id), 'at_risk', ['trust'] from forms where is_cse
    union all
    select 'also_sexual', 'children', g.group_type, g."group", those(f.person_id), 'at_risk:sex=' || g."group", ['trust']
    from ref_groups as g left join forms as f on f.sex = g."group" and f.is_cse
    where g.group_type = 'sex' and g."group" in ('M', 'F') group by all
    union all
    select 'nrm_referrals', 'referrals', 'all', 'all', those(person_id), '', ['police__nrm_referrals'] from nrm
    union all
    select 'nrm_children', 'children', 'all', 'all', distinct_of(person_id), '', ['police__nrm_referrals'] from nrm
    union all
    select 'nrm_county_lines', 'referrals', 'all', 'all', those(person_id), 'nrm_referrals', ['police__nrm_referrals'] from nrm where is_county_lines
    union all
    select 'nrm_referrals', 'referrals', g.group_type, g."group", those(t.person_id), 'nrm_referrals', ['police__nrm_referrals']
    from ref_groups as g left join by_type as t on t.kind = g."group" where g.group_type = 'nrm_type' group by all
    union all
    select 'nrm_referrals', 'referrals', g.group_type, g."group", those(n.person_id), 'nrm_referrals', ['police__nrm_referrals']
    from ref_groups as g left join nrm as n on g."group" = case when n.reasonable_grounds in ('withdrawn', 'suspended') then 'withdrawn or suspended' else n.reasonable_grounds end
    where g.group_type = 'reasonable_grounds' group by all
    union all
    select 'nrm_referrals', 'referrals', g.group_type, g."group", those(n.person_id), 'nrm_referrals', ['police__nrm_referrals']
    from ref_groups as g left join nrm as n on g."group" = case when n.conclusive_grounds in ('withdrawn', 'suspended') then 'withdrawn or suspended' else n.conclusive_grounds end
    where g.group_type = 'conclusive_grounds' group by all
)

select
    *, case when whole = '' then ['count'] else ['count', 'percent'] end as measures,
    case when figure like 'nrm%' then months_before(36) + 1 end as period_start, case when figure like 'nrm%' then as_at() end as period_end
from counts
