-- one row per child's part in a crime or incident by the as-at date, with the place it is counted in, weekday and hour
select
    i.person_id, i.involvement_ref, i.occurred_on, i.incident_ref, i.role, i.occurred_hour,
    isodow(i.occurred_on) as weekday,
    h.weight,
    -- What happens in a children's home would show where it is, whichever of the children in it lives there.
    ward_place(
        i.ward_code, w.locality, case when w.ward_code is not null or is_older_ward(i.ward_code) then 'in area' when i.ward_code is null then 'not known' else 'outside' end,
        bool_or(
            coalesce(i.location_type = 'care_home', false) or (coalesce(s.is_residential, false) and coalesce(i.location_type, 'home') = 'home')
        ) over (partition by i.incident_ref)
    ) as ward
from core_involvements as i
left join ref_wards as w using (ward_code)
left join ref_harm_weights as h on h.offence_code = offence_class(i.offence_code)
left join core_plan_states as s on s.person_id = i.person_id and in_force(s.from_date, s.to_date, i.occurred_on)
