-- one row per figure of missing children, spells, reports and return interviews of the 12 months
with spells as (
    select *, lag(start_date, 2) over (partition by person_id, missing_type order by started_at, missing_ref) as second_before
    from core_missing_spells
),

of_year as (
    select * from spells where missing_type = 'M' and in_the_year(start_date)
),

-- A child's plan when its last spell of the year began, and whether three spells ever began within 30 days.
children as (
    select
        person_id, arg_max(plan, (started_at, missing_ref)) as plan,
        coalesce(bool_or(start_date - second_before < 30), false) as is_often
    from of_year
    group by person_id
),

reports as (
    select l.person_id, r.risk_grade
    from stg_police__missing_reports as r join core_links as l using (supplier, person_ref)
    where in_the_year(r.reported_at::date)
),

returns as (
    select * from core_missing_spells where missing_type = 'M' and is_birminghams_child and in_the_year(ended_at::date)
),

interviews as (
    select 'ended' as step, person_id from returns
    union all select 'offered', person_id from returns where is_rhi_offered
    union all select 'accepted', person_id from returns where is_rhi_accepted
    union all select 'held', person_id from returns where rhi_completed_at is not null
    union all select 'held within 72 hours', person_id from returns where is_rhi_within_72_hours
),

first_referred as (
    select
        f.person_id,
        bool_or(s.start_date is not null) as was_missing
    from core_hub_firsts as f
    left join core_missing_spells as s
        on s.person_id = f.person_id and s.missing_type = 'M' and s.start_date < f.referral_date and s.start_date >= f.referral_date - 90
    where in_the_year(f.referral_date)
    group by f.person_id
),

-- figure, unit, groups, members, and what a share is of
counts as (
    select 'missing_children' as figure, 'children' as unit, 'all' as group_type, 'all' as "group", those(person_id) as members, '' as whole from children
    union all
    select 'missing_children', 'children', g.group_type, g."group", those(c.person_id), 'missing_children'
    from ref_groups as g left join children as c on c.plan = g."group"
    where g.group_type = 'plan' and not g.is_sum group by all
    union all
    select 'missing_often', 'children', 'all', 'all', those(person_id), 'missing_children' from children where is_often
    union all
    select 'missing_often', 'children', g.group_type, g."group", those(c.person_id), 'missing_children:plan=' || g."group"
    from ref_groups as g left join children as c on c.plan = g."group" and c.is_often
    where g.group_type = 'plan' and not g.is_sum group by all
    union all
    select 'missing_episodes', 'episodes', 'all', 'all', those(person_id), '' from of_year
    union all
    select 'missing_episodes', 'episodes', g.group_type, g."group", those(s.person_id), 'missing_episodes'
    from ref_groups as g left join of_year as s on s.missing_from = g."group"
    where g.group_type = 'missing_from' group by all
    union all
    select 'long_spells', 'episodes', 'all', 'all', those(person_id), 'missing_episodes' from of_year where hours >= 72
    union all
    select 'long_spell_children', 'children', 'all', 'all', distinct_of(person_id), 'missing_children' from of_year where hours >= 72
    union all
    select 'away_episodes', 'episodes', 'all', 'all', those(person_id), '' from spells where missing_type = 'A' and in_the_year(start_date)
    union all
    select 'away_children', 'children', 'all', 'all', distinct_of(person_id), '' from spells where missing_type = 'A' and in_the_year(start_date)
    union all
    select 'missing_at_risk', 'children', 'all', 'all', those(person_id), 'at_risk' from core_cohort semi join children using (person_id)
),

steps as (
    select 'return_interviews' as figure, 'episodes' as unit, g.group_type, g."group", those(i.person_id) as members,
        case when g."group" = 'ended' then '' else 'return_interviews:rhi_step=ended' end as whole
    from ref_groups as g left join interviews as i on i.step = g."group"
    where g.group_type = 'rhi_step' group by all
),

police as (
    select 'missing_reports' as figure, 'reports' as unit, 'all' as group_type, 'all' as "group", those(person_id) as members, '' as whole from reports
    union all
    select 'missing_reports', 'reports', g.group_type, g."group", those(r.person_id), 'missing_reports'
    from ref_groups as g left join reports as r on r.risk_grade = g."group"
    where g.group_type = 'risk_grade' group by all
    union all
    select 'reported_children', 'children', 'all', 'all', distinct_of(person_id), '' from reports
),

matched as (
    select 'missing_records' as figure, 'spells' as unit, g.group_type, g."group", those(m.person_id) as members, 'missing_records' as whole
    from ref_groups as g left join core_missing_matches as m on m.recorded_by = g."group"
    where g.group_type = 'recorded_by' group by all
    union all
    select 'missing_records', 'spells', 'all', 'all', those(person_id), '' from core_missing_matches
),

before as (
    select 'first_referred' as figure, 'children' as unit, 'all' as group_type, 'all' as "group", those(person_id) as members, '' as whole from first_referred
    union all
    select 'missing_before_referral', 'children', 'all', 'all', those(person_id), 'first_referred' from first_referred where was_missing
),

everything as (
    select *, ['trust__missing_episodes', 'trust__plans'] as needs from counts
    union all select *, case when "group" like 'held%' then ['trust__missing_episodes.rhi_completed_at'] else ['trust__missing_episodes'] end from steps
    union all select *, ['police__missing_reports'] from police
    union all select *, ['trust__missing_episodes', 'police__missing_reports'] from matched
    union all select *, ['trust__missing_episodes', 'trust__hub_episodes'] from before
)

select
    figure, unit, group_type, "group", members, whole, needs,
    case when whole = '' then ['count'] else ['count', 'percent'] end as measures,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end
from everything
