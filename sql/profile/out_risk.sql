-- one row per assessment or child counted in a figure of movement between levels of risk, and one per quartile of time at a level
with again as (
    select
        *, level_name(level_before) as level_before_name, level_name(level) as level_after_name,
        case when level > level_before then 'raised' when level < level_before then 'lowered' else 'same' end as movement
    from core_assessments
    where level_before is not null and in_the_year(assessed_date)
),

-- The children at risk a year before, and what became of each by the day.
then_at_risk as (
    select person_id, level
    from core_hub_periods
    where is_at_risk and in_force(from_date, to_date, a_year_before(as_at()))
),

last_spells as (
    select person_id, arg_max(exit_reason, start_date) as exit_reason
    from core_at_risk_spells
    where end_date <= as_at()
    group by person_id
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
    select
        *, level_name(level) as level_after, episode_ref || ' ' || assessed_date as event,
        coalesce(len(agencies_present), 0) = 0 as is_not_recorded
    from core_assessments
),

-- An assessment can lack several agencies.
absent as (
    select
        *,
        unnest(case when is_not_recorded then ['not recorded'] else list_filter(
            ['health', 'mental_health', 'police'], lambda agency: not list_contains(agencies_present, agency)
        ) end) as absent
    from assessed
)

select 'reassessments' as figure, person_id, movement, level_before_name as level_before, level_after_name as level_after from again
union all by name
select 'a_year_on' as figure, person_id, year_on from a_year_on
union all by name
select 'assessments' as figure, person_id, event, level_after, assessed_date as happened_on from assessed
union all by name
select 'assessments' as figure, person_id, event, level_after, absent, assessed_date as happened_on from absent
union all by name
select
    'time_at_level' as figure, s."group" as risk_level, s.quartile, s.days as average, s.children
from core_survival as s
where s.what = 'time at level'
