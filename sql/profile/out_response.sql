-- one row per case or child counted in a figure of what was done, with the groups that it is in, and one per total of enforcement
with closed as (
    select person_id, coalesce(closure_reason, 'other') as closure_reason, open_to
    from core_hub_episodes
    where is_cce and open_from is not null and open_to is not null
),

-- Closed in the 12 months that ended a year before the day, so that a year has passed for all of them.
closed_before as (
    select e.person_id, min(e.open_to) as first_closed, arg_min(e.episode_ref, e.open_to) as episode_ref
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
        on e.person_id = c.person_id and e.is_cce and e.episode_ref <> c.episode_ref
        and e.referral_date >= c.first_closed and e.referral_date <= (c.first_closed + interval 12 month)::date
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
    select l.person_id, s.service, coalesce(s.started_date <= as_at(), false) as is_started
    from stg_trust__interventions as s join core_people as l using (supplier, person_ref)
    where in_the_year(s.offered_date) and is_child_on(l.turns_18_on, s.offered_date)
),

at_risk_offered as (
    select c.person_id, locality_place(c.residence, c.locality) as locality, bool_or(s.is_started) as is_started
    from core_cohort as c join services as s using (person_id)
    group by all
),

-- The newest whole year of each aggregate of the police.
enforcement as (
    select g."group", max_by(i.period_start, i.period_end) as period_start, max(i.period_end) as period_end, max_by(i.value, i.period_end)::bigint as number
    from ref_groups as g
    left join stg_police__indicators as i
        on i.indicator = g."group" and i.area_code = area_code() and i.group_type is null and i.period_end <= as_at() and i.period_start < i.period_end - 300 and i.value is not null
    where g.group_type = 'enforcement'
    group by g."group"
)

select 'closures' as figure, person_id, closure_reason, open_to as happened_on from closed
union all by name
select 'closed_a_year_ago' as figure, person_id from closed_before
union all by name
select 'referred_again' as figure, person_id from again
union all by name
select 'turned_18_open' as figure, person_id from turned_18
union all by name
select 'turned_18_transferred' as figure, person_id from turned_18 where is_transferred
union all by name
select 'services_offered' as figure, person_id, service from services
union all by name
select 'services_started' as figure, person_id, service from services where is_started
union all by name
select 'at_risk_offered' as figure, person_id, locality from at_risk_offered
union all by name
select 'at_risk_started' as figure, person_id, locality from at_risk_offered where is_started
union all by name
select
    'enforcement' as figure, "group" as enforcement, number, period_start, period_end,
    case when number is null then 'refused: no aggregate of a whole year was supplied' end as note
from enforcement
