-- one row per figure of movement between levels of risk: between assessments, over a year, time at a level, who was present
with again as (
    select
        person_id, level_name(level_before) as level_before_name, level_name(level) as level_after_name,
        case when level > level_before then 'raised' when level < level_before then 'lowered' else 'same' end as movement
    from core_assessments
    where level_before is not null and in_the_year(assessed_date)
),

-- The children at risk a year before, and what became of each by the day.
then_at_risk as (
    select p.person_id, p.level, c.birth_month
    from core_hub_periods as p join core_children as c using (person_id)
    where p.is_at_risk and in_force(p.from_date, p.to_date, a_year_before(as_at()))
),

last_spells as (
    select person_id, arg_max(exit_reason, start_date) as exit_reason
    from core_at_risk_spells where end_date <= as_at() group by person_id
),

a_year_on as (
    select
        t.person_id,
        case
            when n.level > t.level then 'higher'
            when n.level = t.level then 'same'
            when n.level < t.level then 'lower'
            when s.exit_reason in ('closed', 'assessed none') then 'no longer at risk'
            else 'left'
        end as year_on
    from then_at_risk as t
    left join core_hub_periods as n on n.person_id = t.person_id and n.is_at_risk and in_force(n.from_date, n.to_date, as_at())
    left join last_spells as s on s.person_id = t.person_id
),

assessed as (
    select * from core_assessments where in_the_year(assessed_date)
),

absent as (
    select a.person_id, g."group", level_name(a.level) as level
    from assessed as a
    join ref_groups as g on g.group_type = 'absent'
    where len(a.agencies_present) > 0
        and case g."group" when 'not recorded' then false else not list_contains(a.agencies_present, g."group") end
    union all
    select person_id, 'not recorded', level_name(level) from assessed where coalesce(len(agencies_present), 0) = 0
),

counts as (
    select 'reassessments' as figure, 'assessments' as unit, 'all' as group_type, 'all' as "group", '' as group2_type, '' as group2, those(person_id) as members, '' as whole from again
    union all
    select 'reassessments', 'assessments', g.group_type, g."group", '', '', those(a.person_id), 'reassessments'
    from ref_groups as g left join again as a on a.movement = g."group" where g.group_type = 'movement' group by all
    union all
    select 'reassessments', 'assessments', b.group_type, b."group", t.group_type, t."group", those(a.person_id), ''
    from ref_groups as b join ref_groups as t on t.group_type = 'level_after'
    left join again as a on a.level_before_name = b."group" and a.level_after_name = t."group"
    where b.group_type = 'level_before' group by all
    union all
    select 'a_year_on', 'children', 'all', 'all', '', '', those(person_id), '' from a_year_on
    union all
    select 'a_year_on', 'children', g.group_type, g."group", '', '', those(a.person_id), 'a_year_on'
    from ref_groups as g left join a_year_on as a on a.year_on = g."group" where g.group_type = 'year_on' group by all
),

panels as (
    select 'assessments' as figure, 'assessments' as unit, 'all' as group_type, 'all' as "group", '' as group2_type, '' as group2, those(person_id) as members, '' as whole from assessed
    union all
    select 'assessments', 'assessments', g.group_type, g."group", '', '', those(a.person_id), 'assessments'
    from ref_groups as g left join absent as a using ("group") where g.group_type = 'absent' group by all
    union all
    select 'assessments', 'assessments', g.group_type, g."group", '', '', those(a.person_id), 'assessments'
    from ref_groups as g left join assessed as a on level_name(a.level) = g."group" where g.group_type = 'level_after' group by all
    union all
    select 'assessments', 'assessments', g.group_type, g."group", t.group_type, t."group", those(a.person_id), ''
    from ref_groups as g join ref_groups as t on t.group_type = 'level_after'
    left join absent as a on a."group" = g."group" and a.level = t."group"
    where g.group_type = 'absent' and g."group" <> 'not recorded' group by all
),

times as (
    select g.group_type, g."group", q.quartile, s.days, coalesce(s.children, 0) as children
    from ref_groups as g
    cross join (select unnest(['25', '50', '75']) as quartile) as q
    left join core_survival as s on s.what = 'time at level' and s."group" = g."group" and s.quartile = q.quartile
    where g.group_type = 'risk_level'
)

select *, case when whole = '' then ['count'] else ['count', 'percent'] end as measures, ['trust'] as needs,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end
from counts
union all by name
-- Who was not present is a share of the assessments for which it is recorded who was.
select *, case when group_type = 'absent' and "group" <> 'not recorded' and whole <> '' then 'absent=not recorded' else '' end as less,
    case when whole = '' or "group" = 'not recorded' then ['count'] else ['count', 'percent'] end as measures, ['trust__risk_assessments.agencies_present'] as needs,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end
from panels
union all by name
select
    'time_at_level' as figure, 'days' as unit, group_type, "group", 'quartile' as group2_type, quartile as group2,
    days as average, children as denominator, ['median'] as measures, ['trust'] as needs,
    months_before(36) + 1 as period_start, as_at() as period_end
from times
