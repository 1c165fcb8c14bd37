-- one row per figure of referrals to social care, of how long the hub takes to decide, and of children with indicators and whether they were referred
with care as (
    select
        l.person_id, r.no_further_action,
        case
            when left(r.source, 1) = '1' and r.source <> '10' then 'individual'
            when left(r.source, 1) = '2' then 'education'
            when left(r.source, 1) = '3' then 'health'
            when left(r.source, 1) = '5' then 'local authority'
            when r.source = '6' then 'police'
            else 'other or not known'
        end as referral_source
    from stg_trust__referrals as r join core_links as l using (supplier, person_ref)
    where in_the_year(r.referral_date)
),

-- Children with an indicator in the year, at each agency; and where they live on the day.
indicated as (
    select i.person_id, i.agency from core_indicators as i where in_the_year(i.day) group by all
),

referred as (
    select distinct person_id from core_hub_episodes where is_cce and in_the_year(referral_date)
),

referred_by as (
    select distinct
        person_id,
        case left(referral_source, 1) when '2' then 'education' when '3' then 'health' when '5' then 'trust' when '6' then 'police' end as agency
    from core_hub_episodes
    where is_cce and in_the_year(referral_date)
),

children as (
    select i.person_id, coalesce(h.locality, 'not known') as locality, r.person_id is not null as is_referred
    from (select distinct person_id from indicated) as i
    left join core_homes_now as h using (person_id)
    left join referred as r using (person_id)
),

counts as (
    select 'care_referrals' as figure, 'referrals' as unit, 'all' as group_type, 'all' as "group", those(person_id) as members, '' as whole, '' as against, ['trust__referrals'] as needs from care
    union all
    select 'care_referrals', 'referrals', g.group_type, g."group", those(c.person_id), 'care_referrals', '', ['trust__referrals']
    from ref_groups as g left join care as c on c.referral_source = g."group" where g.group_type = 'referral_source' group by all
    union all
    select 'care_no_action', 'referrals', 'all', 'all', those(person_id), 'care_referrals', '', ['trust__referrals'] from care where no_further_action = 'Y'
    union all
    select 'care_no_action', 'referrals', g.group_type, g."group", those(c.person_id), 'care_referrals:referral_source=' || g."group", '', ['trust__referrals']
    from ref_groups as g left join care as c on c.referral_source = g."group" and c.no_further_action = 'Y' where g.group_type = 'referral_source' group by all
    union all
    select 'indicated_children', 'children', 'all', 'all', those(person_id), '', '', ['trust', 'police', 'education', 'health'] from children
    union all
    select 'indicated_referred', 'children', 'all', 'all', those(person_id), 'indicated_children', '', ['trust', 'police', 'education', 'health'] from children where is_referred
    union all
    select 'indicated_children', 'children', g.group_type, g."group", those(c.person_id), '', '', ['trust', 'police', 'education', 'health']
    from ref_groups as g left join children as c on c.locality = g."group" where g.group_type = 'locality' group by all
    union all
    select 'indicated_referred', 'children', g.group_type, g."group", those(c.person_id), 'indicated_children:locality=' || g."group", 'total', ['trust', 'police', 'education', 'health']
    from ref_groups as g left join children as c on c.locality = g."group" and c.is_referred where g.group_type = 'locality' group by all
    union all
    -- A child counts at each agency that has an indicator of it; referred is only what that agency referred.
    select 'agency_indicated', 'children', 'all', 'all', those(person_id), '', '', ['trust', 'police', 'education', 'health'] from indicated
    union all
    select 'agency_referred', 'children', 'all', 'all', those(i.person_id), 'agency_indicated', '', ['trust', 'police', 'education', 'health']
    from indicated as i semi join referred_by as r using (person_id, agency)
    union all
    select 'agency_indicated', 'children', g.group_type, g."group", those(i.person_id), '', '', ['trust', g."group"]
    from ref_groups as g left join indicated as i on i.agency = g."group" where g.group_type = 'agency' group by all
    union all
    select 'agency_referred', 'children', g.group_type, g."group", those(r.person_id), 'agency_indicated:agency=' || g."group", 'total', ['trust', 'police', 'education', 'health']
    from ref_groups as g
    left join indicated as i on i.agency = g."group"
    left join referred_by as r using (person_id, agency)
    where g.group_type = 'agency' group by all
),

days as (
    select q.quartile, s.days, coalesce(s.children, 0) as children
    from (select unnest(['25', '50', '75']) as quartile) as q
    left join core_survival as s on s.what = 'time to decision' and s.quartile = q.quartile
)

select
    figure, unit, group_type, "group", members, whole, against, needs,
    case
        when whole = '' then ['count']
        -- Those whose home is outside or not known are no locality to compare.
        when against = 'total' and "group" not in ('outside Birmingham', 'not known') then ['count', 'percent', 'expected']
        else ['count', 'percent']
    end as measures,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end
from counts
union all by name
select
    'time_to_decision' as figure, 'days' as unit, 'quartile' as group_type, quartile as "group",
    days as average, children as denominator, ['median'] as measures, ['trust__hub_episodes'] as needs,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end
from days
