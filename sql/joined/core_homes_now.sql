-- one row per child with a home on the as-at date: the place its ward or locality is counted in
with homes as (
    select
        person_id,
        arg_max(struct_pack(ward_code, locality, residence), (start_date, ward_code)) as home
    from core_homes
    where start_date <= as_at() and (end_date is null or end_date >= as_at())
    group by person_id
)

select
    h.person_id,
    -- Children in residential homes are counted in their locality, never in a ward.
    ward_place(h.home.ward_code, h.home.locality, h.home.residence, coalesce(s.is_residential, false)) as ward,
    case when h.home.residence = 'outside' then h.home.residence else coalesce(h.home.locality, 'not known') end as locality
from homes as h
left join core_plan_states as s on s.person_id = h.person_id and in_force(s.from_date, s.to_date, as_at())
