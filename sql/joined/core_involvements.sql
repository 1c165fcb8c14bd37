-- one row per child's part in a crime or incident by the as-at date, with the offence's group; what came after the day is blank
-- A class without its letter is of the group that all of its letters are in: 8 is violence, 92 may be supply or possession.
with classes as (
    select regexp_extract(offence_code, '^[0-9]+') as digits, any_value(offence_group) as offence_group
    from ref_offence_groups
    group by digits
    having count(distinct offence_group) = 1
)

select
    l.person_id,
    i.involvement_ref,
    i.incident_ref,
    i.role,
    i.occurred_on,
    i.occurred_hour,
    i.offence_code,
    coalesce(g.offence_group, c.offence_group, 'not classified') as offence_group,
    case when i.arrested_on <= as_at() then i.arrested_on end as arrested_on,
    case when i.voluntary_attendance_on <= as_at() then i.voluntary_attendance_on end as voluntary_attendance_on,
    case when i.charged_on <= as_at() then i.charged_on end as charged_on,
    -- Outcomes have no date: one that says charged is not yet so before the charge.
    case when i.charged_on > as_at() then null else i.outcome_code end as outcome_code,
    coalesce(i.markers, []) as markers,
    i.ward_code,
    i.location_type
from stg_police__involvements as i
join core_people as l using (supplier, person_ref)
left join ref_offence_groups as g on g.offence_code = offence_class(i.offence_code)
left join classes as c on c.digits = offence_class(i.offence_code)
where i.occurred_on <= as_at() and is_child_on(l.turns_18_on, i.occurred_on)
