-- one row per report of a missing child of the 24 months to the as-at date who was found by it, with the place it is counted in
select
    l.person_id,
    ward_place(
        r.found_ward_code, w.locality,
        case
            when w.ward_code is not null or is_older_ward(r.found_ward_code) then 'in area'
            when r.found_ward_code is not null or r.found_outside_force = 'Y' then 'outside'
            else 'not known'
        end,
        -- A child of a children's home is often found there; not every home is known from the Trust's plans.
        coalesce(s.is_residential, false) or coalesce(r.missing_from = 'care', false)
    ) as ward
from stg_police__missing_reports as r
join core_people as l using (supplier, person_ref)
left join ref_wards as w on w.ward_code = r.found_ward_code
left join core_plan_states as s on s.person_id = l.person_id and in_force(s.from_date, s.to_date, r.found_at::date)
where in_the_last(24, r.reported_at::date) and r.found_at::date <= as_at() and is_child_on(l.turns_18_on, r.reported_at::date)
