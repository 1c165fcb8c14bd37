-- one row per figure of children's parts in crimes and incidents of the 12 months: offence group, role, both roles, outcome
with of_year as (
    select * from core_involvements where in_the_year(occurred_on)
),

roles as (
    select
        person_id, bool_or(role = 'suspect') as is_suspect, bool_or(role = 'victim') as is_victim
    from of_year
    group by person_id
),

both_roles as (
    select r.person_id, case when h.person_id is null then 'never referred' else 'referred' end as hub
    from roles as r left join core_hub_firsts as h using (person_id)
    where r.is_suspect and r.is_victim
),

suspects as (
    select
        *,
        case
            when outcome_code in ('1', '1A') then 'charged'
            when outcome_code in ('2', '2A', '3', '3A', '4', '6', '7', '8') then 'out of court'
            when outcome_code = '22' then 'diverted'
            when outcome_code is null then 'open'
            else 'no further action'
        end as outcome
    from of_year where role = 'suspect'
),

steps as (
    select 'suspect' as step, person_id from suspects
    union all select 'arrested', person_id from suspects where arrested_on is not null
    union all select 'attended voluntarily', person_id from suspects where arrested_on is null and voluntary_attendance_on is not null
    union all select 'charged', person_id from suspects where charged_on is not null
),

counts as (
    select 'involvements' as figure, 'involvements' as unit, 'all' as group_type, 'all' as "group", '' as group2_type, '' as group2, those(person_id) as members, '' as whole from of_year
    union all
    select 'involvements', 'involvements', g.group_type, g."group", '', '', those(i.person_id), 'involvements'
    from ref_groups as g left join of_year as i on i.offence_group = g."group" where g.group_type = 'offence_group' group by all
    union all
    select 'involvements', 'involvements', g.group_type, g."group", '', '', those(i.person_id), 'involvements'
    from ref_groups as g left join of_year as i on i.role = g."group" where g.group_type = 'role' group by all
    union all
    select 'involvements', 'involvements', g.group_type, g."group", r.group_type, r."group", those(i.person_id), ''
    from ref_groups as g join ref_groups as r on r.group_type = 'role'
    left join of_year as i on i.offence_group = g."group" and i.role = r."group"
    where g.group_type = 'offence_group' group by all
    union all
    select 'involved_children', 'children', 'all', 'all', '', '', those(person_id), '' from roles
    union all
    select 'involved_children', 'children', g.group_type, g."group", '', '', distinct_of(i.person_id), 'involved_children'
    from ref_groups as g left join of_year as i on i.role = g."group" where g.group_type = 'role' group by all
    union all
    select 'both_roles', 'children', 'all', 'all', '', '', those(person_id), 'involved_children' from both_roles
    union all
    select 'both_roles', 'children', g.group_type, g."group", '', '', those(b.person_id), 'both_roles'
    from ref_groups as g left join both_roles as b on b.hub = g."group" where g.group_type = 'hub' group by all
    union all
    select 'suspect_steps', 'involvements', g.group_type, g."group", '', '', those(s.person_id), case when g."group" = 'suspect' then '' else 'suspect_steps:step=suspect' end
    from ref_groups as g left join steps as s on s.step = g."group" where g.group_type = 'step' group by all
    union all
    select 'suspect_outcomes', 'involvements', g.group_type, g."group", '', '', those(s.person_id), 'suspect_steps:step=suspect'
    from ref_groups as g left join suspects as s on s.outcome = g."group" where g.group_type = 'outcome' group by all
),

at_risk as (
    select 'involved_at_risk' as figure, 'children' as unit, 'all' as group_type, 'all' as "group", '' as group2_type, '' as group2, those(person_id) as members, 'at_risk' as whole
    from core_cohort semi join roles using (person_id)
    union all
    select 'involved_at_risk', 'children', g.group_type, g."group", '', '', distinct_of(c.person_id), 'at_risk'
    from ref_groups as g left join of_year as i on i.role = g."group" left join core_cohort as c on c.person_id = i.person_id
    where g.group_type = 'role' group by all
)

select
    figure, unit, group_type, "group", group2_type, group2, members, whole,
    case when whole = '' then ['count'] else ['count', 'percent'] end as measures,
    case when figure in ('both_roles', 'involved_at_risk') then ['trust', 'police__involvements'] else ['police__involvements'] end as needs,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end
from (select * from counts union all select * from at_risk)
