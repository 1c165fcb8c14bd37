-- one row per figure of the schooling of the children at risk in the school year to date, and of all pupils beside it
with enrolled as (
    select c.person_id, e.*, y.starts
    from core_cohort as c
    join core_links as l using (person_id)
    join stg_education__enrolments as e using (supplier, person_ref)
    cross join core_school_year as y
    where e.start_date <= as_at() and (e.end_date is null or e.end_date >= y.starts)
),

-- Where a child is on the day: its main registration, the latest begun.
settings as (
    select
        c.person_id,
        coalesce(
            arg_max(e.setting, (e.start_date, e.setting)),
            -- Of school age until the end of the school year in which the child turns 16.
            case when any_value(k.birth_month >= (y.starts - interval 16 year)::date) then 'none, of school age' else 'none, older' end
        ) as setting
    from core_cohort as c
    cross join core_school_year as y
    left join core_children as k on k.person_id = c.person_id
    left join enrolled as e on e.person_id = c.person_id and e.registration = 'main' and (e.end_date is null or e.end_date >= as_at())
    group by c.person_id
),

needs_of as (
    select
        person_id, arg_max(sen_provision, (start_date, setting)) as provision,
        arg_max(
            case
                when sen_need in ('SPLD', 'MLD', 'SLD', 'PMLD') then 'learning'
                when sen_need in ('SEMH', 'SLCN', 'ASD') then sen_need
                when sen_need = 'NSA' then 'not assessed'
                when sen_need is not null then 'other'
            end,
            (start_date, setting)
        ) as need
    from enrolled
    group by person_id
),

exclusions as (
    select
        c.person_id, x.exclusion_type,
        list_distinct(list_transform(x.reasons, lambda r: case
            when r = 'DB' then 'disruption'
            when r in ('PP', 'PA') then 'physical'
            when r in ('VP', 'VA') then 'verbal'
            when r = 'DA' then 'drugs'
            when r = 'OW' then 'weapon'
            else 'other'
        end)) as reasons
    from core_cohort as c
    join core_links as l using (person_id)
    join stg_education__exclusions as x using (supplier, person_ref)
    cross join core_school_year as y
    where x.start_date between y.starts and as_at()
),

-- A child can be in several of these.
schooling as (
    select distinct 'suspended' as "group", person_id from exclusions where exclusion_type = 'suspension' and person_id in (select person_id from enrolled)
    union all select distinct 'permanently excluded', person_id from exclusions where exclusion_type = 'permanent' and person_id in (select person_id from enrolled)
    union all select distinct 'part-time', person_id from enrolled where part_time = 'Y'
    union all select distinct 'alternative provision', person_id from enrolled where setting = 'alternative_provision'
    union all select distinct 'home educated', person_id from enrolled where setting = 'elective_home_education'
    union all select distinct 'missing education', person_id from enrolled where setting = 'missing_education'
    union all select person_id_group, person_id from (
        select case provision when 'K' then 'needs support' when 'E' then 'needs plan' end as person_id_group, person_id from needs_of
    ) where person_id_group is not null
),

attendance as (
    select c.person_id, 100.0 * a.missed / a.possible as absence
    from core_cohort as c join core_attendance as a using (person_id)
),

year_to_date as (
    select starts as period_start, as_at() as period_end, attendance_starts, attendance_ends from core_school_year
),

counts as (
    select 'at_risk_setting' as figure, 'children' as unit, g.group_type, g."group", those(s.person_id) as members, 'at_risk' as whole, ['trust', 'education__enrolments'] as needs
    from ref_groups as g left join settings as s on s.setting = g."group"
    where g.group_type = 'setting' group by all
    union all
    select 'schooling', 'children', 'all', 'all', distinct_of(person_id), '', ['trust', 'education__enrolments'] from enrolled
    union all
    select 'schooling', 'children', g.group_type, g."group", those(s.person_id), 'schooling', ['trust', 'education__enrolments', 'education__exclusions']
    from ref_groups as g left join schooling as s using ("group")
    where g.group_type = 'schooling' group by all
    union all
    select 'needs', 'children', g.group_type, g."group", those(n.person_id), 'needs', ['trust', 'education__enrolments']
    from ref_groups as g left join needs_of as n on n.need = g."group" and n.provision in ('K', 'E')
    where g.group_type = 'need' group by all
    union all
    select 'needs', 'children', 'all', 'all', those(person_id), 'schooling', ['trust', 'education__enrolments'] from needs_of where provision in ('K', 'E') and need is not null
    union all
    select 'suspensions_at_risk', 'suspensions', 'all', 'all', those(person_id), '', ['trust', 'education__exclusions'] from exclusions where exclusion_type = 'suspension'
    union all
    select 'suspensions_at_risk', 'suspensions', g.group_type, g."group", those(x.person_id), 'suspensions_at_risk', ['trust', 'education__exclusions']
    from ref_groups as g left join exclusions as x on x.exclusion_type = 'suspension' and list_contains(x.reasons, g."group")
    where g.group_type = 'exclusion_reason' group by all
),

absences as (
    select 'attendance_known' as figure, 'children' as unit, those(person_id) as members, 'at_risk' as whole, ['count', 'percent'] as measures, null::double as average, null::bigint as denominator from attendance
    union all select 'persistently_absent', 'children', those(person_id), 'attendance_known', ['count', 'percent'], null, null from attendance where absence >= 10
    union all select 'severely_absent', 'children', those(person_id), 'attendance_known', ['count', 'percent'], null, null from attendance where absence >= 50
    union all select 'absence', 'per cent of sessions', null, '', ['median'], median(absence), count(*) from attendance
),

-- The newest whole year for which the number of all pupils is there.
newest as (
    select max_by(period_start, period_end) as period_start, max(period_end) as period_end
    from stg_education__indicators
    where indicator = 'pupils' and area_code = birmingham() and group_type is null and period_end <= as_at() and period_start < period_end - 300
),

pupils as (
    select g."group", n.period_start, n.period_end, max(i.value)::bigint as numerator
    from (select "group" from ref_groups where group_type = 'pupils_indicator' union all select 'pupils') as g
    cross join newest as n
    left join stg_education__indicators as i
        on i.indicator = g."group" and i.period_start = n.period_start and i.period_end = n.period_end and i.area_code = birmingham() and i.group_type is null
        and i.unit = case when g."group" like 'pupils%' then 'pupils' else 'episodes' end
    group by all
)

select
    c.figure, c.unit, c.group_type, c."group", c.members, c.whole, c.needs,
    case when c.whole = '' then ['count'] else ['count', 'percent'] end as measures,
    y.period_start, y.period_end
from counts as c, year_to_date as y
union all by name
select
    a.figure, a.unit, 'all' as group_type, 'all' as "group", a.members, a.whole, a.measures, a.average, a.denominator,
    ['trust', 'education__attendance'] as needs, y.attendance_starts as period_start, y.period_end
from absences as a, year_to_date as y
union all by name
select
    'pupils' as figure, case when p."group" in ('suspensions', 'permanent_exclusions') then p."group" else 'pupils' end as unit,
    case when p."group" = 'pupils' then 'all' else 'pupils_indicator' end as group_type, case when p."group" = 'pupils' then 'all' else p."group" end as "group",
    p.numerator, case when p."group" <> 'pupils' and p.numerator is not null then 'pupils' else '' end as whole,
    case
        when p."group" = 'pupils' or p.numerator is null then ['count']
        when p."group" = 'pupils_persistently_absent' then ['count', 'percent']
        else ['count', 'rate']
    end as measures,
    case when p.numerator is null then 'refused: no aggregate of a whole school year was supplied' end as note,
    ['education__indicators'] as needs, coalesce(p.period_start, y.period_start) as period_start, coalesce(p.period_end, y.period_end) as period_end
from pupils as p, year_to_date as y
