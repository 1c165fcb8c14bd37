-- one row per figure of health contacts of the 12 months: by service and reason, of the children at risk, referrals and waits, and whom only health knows
with of_year as (
    select * from core_contacts where in_the_year(contact_date)
),

concerning as (
    select * from of_year where reason in ('assault, sharp', 'assault, other', 'self-harm or overdose', 'exploitation concern')
),

-- Neither the police nor the Trust has any record of these children.
only_health as (
    select c.person_id, c.reason
    from concerning as c
    join core_children as k using (person_id)
    where not k.is_known_to_police and not k.is_known_to_trust
),

counts as (
    select 'health_contacts' as figure, 'contacts' as unit, 'all' as group_type, 'all' as "group", those(person_id) as members, '' as whole from of_year
    union all select 'health_children', 'children', 'all', 'all', distinct_of(person_id), '' from of_year
    union all
    select 'health_contacts', 'contacts', g.group_type, g."group", those(c.person_id), ''
    from ref_groups as g left join of_year as c on c.service = g."group" where g.group_type = 'health_service' group by all
    union all
    select 'health_children', 'children', g.group_type, g."group", distinct_of(c.person_id), ''
    from ref_groups as g left join of_year as c on c.service = g."group" where g.group_type = 'health_service' group by all
    union all
    select 'health_contacts', 'contacts', g.group_type, g."group", those(c.person_id), ''
    from ref_groups as g left join of_year as c on c.reason = g."group" where g.group_type = 'health_reason' group by all
    union all
    select 'health_children', 'children', g.group_type, g."group", distinct_of(c.person_id), ''
    from ref_groups as g left join of_year as c on c.reason = g."group" where g.group_type = 'health_reason' group by all
    union all
    select 'health_concerning', 'children', 'all', 'all', distinct_of(person_id), '' from concerning
    union all
    select 'health_alone', 'children', 'all', 'all', distinct_of(person_id), 'health_concerning' from only_health
    union all
    select 'health_alone', 'children', g.group_type, g."group", distinct_of(h.person_id), 'health_children:health_reason=' || g."group"
    from ref_groups as g left join only_health as h on h.reason = g."group"
    where g.group_type = 'health_reason' and g."group" in ('assault, sharp', 'assault, other', 'self-harm or overdose', 'exploitation concern') group by all
),

at_risk as (
    select 'health_at_risk' as figure, 'children' as unit, g.group_type, g."group", distinct_of(k.person_id) as members, 'at_risk' as whole
    from ref_groups as g left join of_year as c on c.reason = g."group" left join core_cohort as k on k.person_id = c.person_id
    where g.group_type = 'health_reason' group by all
    union all
    select 'health_at_risk', 'children', 'all', 'all', those(person_id), 'at_risk' from core_cohort semi join of_year using (person_id)
),

referrals as (
    select 'mental_referrals' as figure, 'referrals' as unit, 'mental_service' as group_type, service as "group", those(person_id) as members, '' as whole
    from of_year where service in ('camhs', 'neurodevelopmental') and accepted in ('Y', 'N') group by all
    union all
    select 'mental_refused', 'referrals', 'mental_service', service, coalesce(list(person_id) filter (accepted = 'N'), []), 'mental_referrals:mental_service=' || service
    from of_year where service in ('camhs', 'neurodevelopmental') and accepted in ('Y', 'N') group by all
),

every_referral as (
    select f.figure, 'referrals' as unit, g.group_type, g."group", coalesce(r.members, []) as members, case when f.figure = 'mental_refused' then 'mental_referrals:mental_service=' || g."group" else '' end as whole
    from ref_groups as g
    cross join (select unnest(['mental_referrals', 'mental_refused']) as figure) as f
    left join referrals as r on r.figure = f.figure and r."group" = g."group"
    where g.group_type = 'mental_service'
),

waits as (
    select g.group_type, g."group", q.quartile, s.days, coalesce(s.children, 0) as children
    from ref_groups as g
    cross join (select unnest(['25', '50', '75']) as quartile) as q
    left join core_survival as s on s.what = 'wait to first seen' and s."group" = g."group" and s.quartile = q.quartile
    where g.group_type = 'mental_service'
)

select
    figure, unit, group_type, "group", members, whole,
    case when whole = '' then ['count'] else ['count', 'percent'] end as measures,
    case figure when 'health_at_risk' then ['trust', 'health__contacts'] when 'health_alone' then ['trust', 'police', 'health__contacts'] else ['health__contacts'] end as needs,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end
from (select * from counts union all select * from at_risk union all select * from every_referral)
union all by name
select
    'wait_to_first_seen' as figure, 'days' as unit, group_type, "group", 'quartile' as group2_type, quartile as group2,
    days as average, children as denominator, ['median'] as measures, ['health__contacts'] as needs,
    months_before(36) + 1 as period_start, as_at() as period_end
from waits
