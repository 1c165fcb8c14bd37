-- one row per figure of what was done: closures, referral again, turning 18, services, and enforcement against exploiters
with closed as (
    select person_id, coalesce(closure_reason, 'other') as closure_reason, is_transferred, open_to from core_hub_episodes
    where is_cce and open_from is not null and in_the_year(open_to)
),

-- Closed in the 12 months that ended a year before the day, so that a year has passed for all of them.
closed_before as (
    select e.person_id, min(e.open_to) as first_closed
    from core_hub_episodes as e join core_children as c using (person_id)
    where e.is_cce and e.open_from is not null and e.open_to > months_before(24) and e.open_to <= months_before(12)
    group by e.person_id, c.birth_month
    -- Who turns 18 within the 12 months can hardly be referred again.
    having c.birth_month is null or turns_18_on(c.birth_month) > (min(e.open_to) + interval 12 month)::date
),

again as (
    select c.person_id
    from closed_before as c
    semi join core_hub_episodes as e
        on e.person_id = c.person_id and e.is_cce and e.referral_date > c.first_closed and e.referral_date <= (c.first_closed + interval 12 month)::date
),

-- The 18th birthday fell into the year while a case was open, or in whose month it was closed: the transfer is that case's.
turned_18 as (
    select c.person_id, bool_or(e.is_transferred) as is_transferred
    from core_children as c
    join core_hub_episodes as e
        on e.person_id = c.person_id and e.is_cce and e.open_from < turns_18_on(c.birth_month) and (e.open_to is null or e.open_to >= (c.birth_month + interval 18 year)::date)
    where in_the_year(turns_18_on(c.birth_month))
    group by c.person_id
),

services as (
    select
        l.person_id, s.service, coalesce(s.started_date <= as_at(), false) as is_started
    from stg_trust__interventions as s join core_links as l using (supplier, person_ref)
    where in_the_year(s.offered_date)
),

at_risk_offered as (
    select c.person_id, coalesce(c.locality, case when c.residence = 'outside Birmingham' then c.residence else 'not known' end) as locality, bool_or(s.is_started) as is_started
    from core_cohort as c join services as s using (person_id)
    group by all
),

counts as (
    select 'closures' as figure, 'cases' as unit, 'all' as group_type, 'all' as "group", those(person_id) as members, '' as whole, ['trust'] as needs from closed
    union all
    select 'closures', 'cases', g.group_type, g."group", those(c.person_id), 'closures', ['trust']
    from ref_groups as g left join closed as c on c.closure_reason = g."group" where g.group_type = 'closure_reason' group by all
    union all
    select 'turned_18_open', 'children', 'all', 'all', those(person_id), '', ['trust'] from turned_18
    union all
    select 'turned_18_transferred', 'children', 'all', 'all', those(person_id), 'turned_18_open', ['trust'] from turned_18 where is_transferred
    union all
    select 'services_offered', 'children', 'all', 'all', distinct_of(person_id), '', ['trust__interventions'] from services
    union all
    select 'services_offered', 'children', g.group_type, g."group", distinct_of(s.person_id), '', ['trust__interventions']
    from ref_groups as g left join services as s on s.service = g."group" where g.group_type = 'service' group by all
    union all
    select 'services_started', 'children', 'all', 'all', distinct_of(person_id), 'services_offered', ['trust__interventions'] from services where is_started
    union all
    select 'services_started', 'children', g.group_type, g."group", distinct_of(s.person_id), 'services_offered:service=' || g."group", ['trust__interventions']
    from ref_groups as g left join services as s on s.service = g."group" and s.is_started where g.group_type = 'service' group by all
    union all
    select 'at_risk_offered', 'children', 'all', 'all', those(person_id), 'at_risk', ['trust', 'trust__interventions'] from at_risk_offered
    union all
    select 'at_risk_offered', 'children', g.group_type, g."group", those(s.person_id), 'at_risk:locality=' || g."group", ['trust', 'trust__interventions']
    from ref_groups as g left join at_risk_offered as s on s.locality = g."group" where g.group_type = 'locality' group by all
    union all
    select 'at_risk_started', 'children', 'all', 'all', those(person_id), 'at_risk', ['trust', 'trust__interventions'] from at_risk_offered where is_started
    union all
    select 'at_risk_started', 'children', g.group_type, g."group", those(s.person_id), 'at_risk:locality=' || g."group", ['trust', 'trust__interventions']
    from ref_groups as g left join at_risk_offered as s on s.locality = g."group" and s.is_started where g.group_type = 'locality' group by all
),

followed as (
    select 'closed_a_year_ago' as figure, 'children' as unit, 'all' as group_type, 'all' as "group", those(person_id) as members, '' as whole, ['trust'] as needs from closed_before
    union all
    select 'referred_again', 'children', 'all', 'all', those(person_id), 'closed_a_year_ago', ['trust'] from again
),

-- The newest whole year of each aggregate of the police.
enforcement as (
    select g."group", max_by(i.period_start, i.period_end) as period_start, max(i.period_end) as period_end, max_by(i.value, i.period_end)::bigint as numerator
    from ref_groups as g
    left join stg_police__indicators as i
        on i.indicator = g."group" and i.area_code = birmingham() and i.group_type is null and i.period_end <= as_at() and i.period_start < i.period_end - 300 and i.value is not null
    where g.group_type = 'enforcement'
    group by g."group"
)

select
    figure, unit, group_type, "group", members, whole, needs,
    case
        when whole = '' then ['count']
        when whole like 'at_risk:%' and "group" in ('outside Birmingham', 'not known') then ['count']
        else ['count', 'percent']
    end as measures,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end, null::bigint as numerator, null::varchar as note
from counts
union all by name
select figure, unit, group_type, "group", members, whole, needs,
    case when whole = '' then ['count'] else ['count', 'percent'] end as measures,
    months_before(24) + 1 as period_start, as_at() as period_end
from followed
union all by name
select
    'enforcement' as figure, 'records' as unit, 'enforcement' as group_type, "group", numerator, '' as whole, ['police__indicators'] as needs, ['count'] as measures,
    case when numerator is null then 'refused: no aggregate of a whole year was supplied' end as note,
    coalesce(period_start, a_year_before(as_at()) + 1) as period_start, coalesce(period_end, as_at()) as period_end
from enforcement
