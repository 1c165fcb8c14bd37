-- one row per figure of scale: stock, flows over 12 months, other definitions
with flows as (
    select 'entry_reason' as group_type, entry_reason as reason, start_date as day, person_id from core_at_risk_spells
    union all
    select 'exit_reason', exit_reason, end_date, person_id from core_at_risk_spells where end_date is not null
),

flow_counts as (
    select
        case g.group_type when 'entry_reason' then 'entries' else 'exits' end as figure,
        case g.group_type when 'entry_reason' then 'entries' else 'exits' end as unit,
        g.group_type, g."group",
        coalesce(list(f.person_id) filter (f.day > a_year_before(as_at()) and f.day <= as_at()), []) as members
    from ref_groups as g
    left join flows as f on f.group_type = g.group_type and f.reason = g."group"
    where g.group_type in ('entry_reason', 'exit_reason')
    group by g.group_type, g."group"
),

on_the_day as (
    select * from core_hub_periods where in_force(from_date, to_date, as_at()) and is_under_18 and open_episodes > 0
),

stocks as (
    select 'at_risk' as figure, those(person_id) as members, null::date as period_start, null::date as period_end from core_cohort
    union all
    select 'open_not_assessed', those(person_id), null, null from on_the_day where is_birminghams_child and level is null
    union all
    select 'open_assessed_none', those(person_id), null, null from on_the_day where is_birminghams_child and level = 0
    union all
    select 'placed_here_by_others', those(person_id), null, null from on_the_day where is_placed_here and level > 0
    union all
    select 'ever_at_risk_12_months', distinct_of(person_id), a_year_before(as_at()) + 1, as_at()
    from core_at_risk_spells where has_day_within(start_date, end_date, a_year_before(as_at()), as_at())
),

residents as (
    select
        coalesce(list(c.person_id) filter (c.residence = 'Birmingham' and c.age between 10 and 17), []) as members,
        any_value(r.persons) as denominator,
        any_value(denominator_note(r.quality, r.source, 'ONS mid-year estimates of the city are needed')) as note
    from (select * from core_residents where area_code = birmingham() and sex = '' and ethnicity = '') as r
    left join core_cohort as c on true
),

definitions as (
    select definition, distinct_of(person_id) as members from core_definitions group by definition
    union all
    select 'any of these', distinct_of(person_id) from core_definitions
    union all
    select 'not at risk', distinct_of(person_id) from core_definitions
    where person_id not in (select person_id from core_cohort)
)

select figure, 'children' as unit, 'all' as group_type, 'all' as "group", members, null::bigint as denominator,
    period_start, period_end, ['count'] as measures, ['trust'] as needs, null::varchar as note
from stocks
union all by name
select figure, unit, 'all' as group_type, 'all' as "group", flatten(list(members)) as members,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end, ['count'] as measures, ['trust'] as needs
from flow_counts group by figure, unit
union all by name
select figure, unit, group_type, "group", members,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end, ['count'] as measures, ['trust'] as needs
from flow_counts
union all by name
select 'at_risk_residents_10_17' as figure, 'children' as unit, 'all' as group_type, 'all' as "group", members, denominator::bigint as denominator,
    measures, ['trust'] as needs, case when measures = ['rate'] then note end as note
from residents, (values (['count']), (['rate'])) as m(measures)
union all by name
select 'known_by_definition' as figure, 'children' as unit, g.group_type, g."group", coalesce(d.members, []) as members,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end,
    ['count'] as measures,
    case g."group"
        when 'assessment factor 24A' then ['trust__assessment_factors']
        when 'police marker' then ['police__involvements']
        when 'National Referral Mechanism' then ['police__nrm_referrals']
        else ['trust', 'trust__assessment_factors', 'police__involvements', 'police__nrm_referrals']
    end as needs
from ref_groups as g left join definitions as d on d.definition = g."group"
where g.group_type = 'definition'
union all by name
select 'at_risk' as figure, 'children' as unit, g.group_type, g."group", those(c.person_id) as members,
    (select count(*) from core_cohort) as denominator, 'at_risk' as whole, ['count', 'percent'] as measures, ['trust'] as needs
from ref_groups as g left join core_cohort as c on c.residence = g."group"
where g.group_type = 'residence'
group by g.group_type, g."group"
