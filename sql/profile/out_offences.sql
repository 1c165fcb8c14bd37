-- one row per part of a child in a crime or incident of the 12 months, and per child or step counted besides, with its groups
with with_places as (
    select i.*, p.ward
    from core_involvements as i
    left join core_involvement_places as p using (involvement_ref)
),

of_year as (
    select * from with_places where in_the_year(occurred_on)
),

roles as (
    select person_id, bool_or(role = 'suspect') as is_suspect, bool_or(role = 'victim') as is_victim
    from of_year
    group by person_id
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
    from of_year
    where role = 'suspect'
),

steps as (
    select 'suspect' as step, person_id, involvement_ref from suspects
    union all select 'arrested', person_id, involvement_ref from suspects where arrested_on is not null
    union all
    select 'attended voluntarily', person_id, involvement_ref
    from suspects
    where arrested_on is null and voluntary_attendance_on is not null
    union all select 'charged', person_id, involvement_ref from suspects where charged_on is not null
)

select 'involvements' as figure, person_id, offence_group, role, ward, occurred_on as happened_on from with_places
union all by name
select 'involved_children' as figure, person_id, role, occurred_on as happened_on from with_places
union all by name
select 'both_roles' as figure, r.person_id, case when h.person_id is null then 'never referred' else 'referred' end as hub
from roles as r
left join core_hub_firsts as h using (person_id)
where r.is_suspect and r.is_victim
union all by name
select 'involved_at_risk' as figure, person_id, role from of_year semi join core_cohort using (person_id)
union all by name
select 'arrests' as figure, person_id, arrested_on as happened_on from with_places where role = 'suspect' and arrested_on is not null
union all by name
select 'suspect_steps' as figure, person_id, involvement_ref as event, step from steps
union all by name
select 'suspect_outcomes' as figure, person_id, outcome from suspects
