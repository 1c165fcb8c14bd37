-- one row per source and decision of the 12 months' referrals to the hub for criminal exploitation
with referrals as (
    select
        person_id, decision,
        case
            when left(referral_source, 1) = '1' and referral_source <> '10' then 'individual'
            when left(referral_source, 1) = '2' then 'education'
            when left(referral_source, 1) = '3' then 'health'
            when left(referral_source, 1) = '5' then 'local authority'
            when referral_source = '6' then 'police'
            else 'other or not known'
        end as referral_source
    from core_hub_episodes
    where is_cce and referral_date > a_year_before(as_at()) and referral_date <= as_at()
),

described as (
    unpivot referrals on referral_source, decision into name group_type value "group"
),

counts as (
    select g.group_type, g."group", those(d.person_id) as members
    from ref_groups as g left join described as d using (group_type, "group")
    where g.group_type in ('referral_source', 'decision')
    group by g.group_type, g."group"
    union all
    select 'all', 'all', those(person_id) from referrals
)

select
    'hub_referrals' as figure, 'referrals' as unit, c.group_type, c."group", c.members,
    (select count(*) from referrals) as denominator, 'hub_referrals' as whole,
    case when c.group_type = 'all' then ['count'] else ['count', 'percent'] end as measures, ['trust'] as needs,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end
from counts as c
union all by name
select
    'hub_referrals' as figure, 'referrals' as unit, g.group_type, g."group", d.group_type as group2_type, d."group" as group2, those(r.person_id) as members,
    ['count'] as measures, ['trust'] as needs, a_year_before(as_at()) + 1 as period_start, as_at() as period_end
from ref_groups as g
join ref_groups as d on d.group_type = 'decision'
left join referrals as r on r.referral_source = g."group" and r.decision = d."group"
where g.group_type = 'referral_source'
group by all
