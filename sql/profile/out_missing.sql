-- one row per child, spell, report or interview counted in a figure of missing children, with the groups that it is in
with spells as (
    select *, lag(start_date, 2) over (partition by person_id, missing_type order by started_at, missing_ref) as second_before
    from core_missing_spells
),

-- Of children who live here or for whom the area is responsible, as the interviews are; the others are counted apart.
of_area as (
    select *, coalesce(start_date - second_before < 30, false) as is_third_in_30_days
    from spells
    where missing_type = 'M' and is_areas_child
),

of_year as (
    select * from of_area where in_the_year(start_date)
),

of_others as (
    select * from spells where missing_type = 'M' and in_the_year(start_date) and not is_areas_child
),

away as (
    select * from spells where missing_type = 'A' and in_the_year(start_date) and is_areas_child
),

-- Gone when the day ended, by the plan of that day.
gone as (
    select s.person_id, coalesce(any_value(p.plan), 'none') as plan, arg_max(s.missing_from, (s.started_at, s.missing_ref)) as missing_from
    from core_missing_spells as s
    left join core_plan_states as p on p.person_id = s.person_id and in_force(p.from_date, p.to_date, as_at())
    where s.missing_type = 'M' and s.ended_at is null and s.is_areas_child
    group by s.person_id
),

-- A child's plan when its last spell of the year began, and whether three spells ever began within 30 days.
children as (
    select
        person_id, arg_max(plan, (started_at, missing_ref)) as plan,
        bool_or(is_third_in_30_days) as is_often
    from of_year
    group by person_id
),

reports as (
    select l.person_id, r.risk_grade, r.reported_at::date as reported_on
    from stg_police__missing_reports as r join core_people as l using (supplier, person_ref)
    where is_child_on(l.turns_18_on, r.reported_at::date)
),

returns as (
    select *, ended_at::date as returned_on from core_missing_spells where missing_type = 'M' and is_areas_child and ended_at is not null
),

interviews as (
    select 'ended' as rhi_step, person_id, missing_ref, returned_on from returns
    union all select 'offered', person_id, missing_ref, returned_on from returns where is_rhi_offered
    union all select 'accepted', person_id, missing_ref, returned_on from returns where is_rhi_accepted
    union all select 'held', person_id, missing_ref, returned_on from returns where rhi_completed_at is not null
    union all select 'held within 72 hours', person_id, missing_ref, returned_on from returns where is_rhi_within_72_hours
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
)

select 'missing_children' as figure, person_id, plan from children
union all by name
select 'missing_children' as figure, person_id, start_date as happened_on from of_area
union all by name
select 'missing_now' as figure, person_id, plan, missing_from from gone
union all by name
select 'missing_children_of_others' as figure, person_id from of_others
union all by name
select 'missing_episodes_of_others' as figure, person_id from of_others
union all by name
select 'missing_often' as figure, person_id, plan from children where is_often
union all by name
select 'missing_often' as figure, person_id, start_date as happened_on from of_area where is_third_in_30_days
union all by name
select 'missing_episodes' as figure, person_id, missing_from, start_date as happened_on from of_area
union all by name
select 'long_spells' as figure, person_id from of_year where hours >= 72
union all by name
select 'long_spell_children' as figure, person_id from of_year where hours >= 72
union all by name
select 'away_episodes' as figure, person_id from away
union all by name
select 'away_children' as figure, person_id from away
union all by name
select 'missing_at_risk' as figure, person_id from core_cohort semi join children using (person_id)
union all by name
select 'return_interviews' as figure, person_id, missing_ref as event, rhi_step, returned_on as happened_on from interviews
union all by name
select 'missing_reports' as figure, person_id, risk_grade, reported_on as happened_on from reports
union all by name
select 'reported_children' as figure, person_id, reported_on as happened_on from reports
union all by name
select 'missing_records' as figure, person_id, recorded_by from core_missing_matches
union all by name
select 'first_referred' as figure, person_id from first_referred
union all by name
select 'missing_before_referral' as figure, person_id from first_referred where was_missing
