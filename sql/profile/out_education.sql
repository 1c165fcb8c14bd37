-- one row per child at risk, or suspension of one, counted in a figure of schooling in the school year to date, and per number of all pupils
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
        c.person_id, x.exclusion_type, row_number() over (order by c.person_id, x.start_date, x.exclusion_type, x.sessions, x.reasons)::varchar as event,
        list_distinct(list_transform(x.reasons, lambda r: case
            when r = 'DB' then 'disruption'
            when r in ('PP', 'PA') then 'physical'
            when r in ('VP', 'VA') then 'verbal'
            when r = 'DA' then 'drugs'
            when r = 'OW' then 'weapon'
            else 'other'
        end)) as reasons
    from core_cohort as c
    join core_people as l using (person_id)
    join stg_education__exclusions as x using (supplier, person_ref)
    cross join core_school_year as y
    where x.start_date between y.starts and as_at() and is_child_on(l.turns_18_on, x.start_date)
),

-- Whoever was suspended or excluded was at a school, also where no enrolment was supplied.
pupils_at_risk as (
    select person_id from enrolled union select person_id from exclusions
),

-- A child can be in several of these.
schooling as (
    select 'suspended' as schooling, person_id from exclusions where exclusion_type = 'suspension'
    union all select 'permanently excluded', person_id from exclusions where exclusion_type = 'permanent'
    union all select 'on no roll here', person_id from exclusions anti join enrolled using (person_id)
    union all select 'part-time', person_id from enrolled where part_time = 'Y'
    union all select 'alternative provision', person_id from enrolled where setting = 'alternative_provision'
    union all select 'home educated', person_id from enrolled where setting = 'elective_home_education'
    union all select 'missing education', person_id from enrolled where setting = 'missing_education'
    union all select case provision when 'K' then 'needs support' when 'E' then 'needs plan' end, person_id from needs_of where provision in ('K', 'E')
),

attendance as (
    select c.person_id, 100.0 * a.missed / a.possible as absence
    from core_cohort as c join core_attendance as a using (person_id)
),

-- The newest whole year for which the number of all pupils is there.
newest as (
    select max_by(period_start, period_end) as period_start, max(period_end) as period_end
    from stg_education__indicators
    where indicator = 'pupils' and area_code = area_code() and group_type is null and period_end <= as_at() and period_start < period_end - 300
),

pupils as (
    select f.figure, any_value(n.period_start) as period_start, any_value(n.period_end) as period_end, max(i.value)::bigint as number
    from (values
        ('pupils', 'pupils', 'pupils'), ('pupils_persistently_absent', 'pupils_persistently_absent', 'pupils'),
        ('pupils_suspensions', 'suspensions', 'episodes'), ('pupils_permanent_exclusions', 'permanent_exclusions', 'episodes')
    ) as f(figure, indicator, unit)
    cross join newest as n
    left join stg_education__indicators as i
        on i.indicator = f.indicator and i.unit = f.unit and i.period_start = n.period_start and i.period_end = n.period_end
        and i.area_code = area_code() and i.group_type is null
    group by f.figure
)

select 'at_risk_setting' as figure, person_id, setting from settings
union all by name
select 'schooling' as figure, person_id from pupils_at_risk
union all by name
select 'schooling' as figure, person_id, schooling from schooling
union all by name
select 'needs' as figure, person_id, need from needs_of where provision in ('K', 'E') and need is not null
union all by name
select 'suspensions_at_risk' as figure, person_id, event, unnest(reasons) as exclusion_reason from exclusions where exclusion_type = 'suspension'
union all by name
-- A suspension for which no reason is recorded.
select 'suspensions_at_risk' as figure, person_id, event from exclusions where exclusion_type = 'suspension'
union all by name
select 'attendance_known' as figure, person_id from attendance
union all by name
select 'persistently_absent' as figure, person_id from attendance where absence >= 10
union all by name
select 'severely_absent' as figure, person_id from attendance where absence >= 50
union all by name
select 'absence' as figure, median(absence) as average, count(*) as children from attendance
union all by name
select
    figure, number, period_start, period_end,
    case when number is null then 'refused: no aggregate of a whole school year was supplied' end as note
from pupils
union all by name
select 'school_exclusions' as figure, l.person_id, x.exclusion_type, x.start_date as happened_on
from stg_education__exclusions as x
join core_people as l using (supplier, person_ref)
where is_child_on(l.turns_18_on, x.start_date)
