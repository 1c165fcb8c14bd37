-- one row per child and spell of a plan or of care, with whose responsibility it is
select
    l.person_id,
    p.plan_type,
    p.start_date,
    p.end_date,
    p.plan_type = 'CLA' and p.responsible_la <> area_code() as is_placed_by_others,
    p.plan_type = 'CLA' and p.responsible_la <> area_code() and coalesce(p.placement_la, area_code()) = area_code() as is_placed_here,
    p.plan_type in ('CP', 'CIN') or (p.plan_type = 'CLA' and p.responsible_la = area_code()) as is_areas_own,
    -- Homes of several children: counted in the locality only, or a ward map would show where they are.
    coalesce(p.placement_type in ('K1', 'K2', 'H5', 'R1', 'R2', 'R3', 'R5', 'S1'), false) as is_residential,
    -- Short names for the SSDA903 placements.
    case
        when p.plan_type <> 'CLA' then null
        when p.placement_type in ('U1', 'U2', 'U3', 'U4', 'U5', 'U6') then 'foster'
        when p.placement_type in ('K1', 'K2', 'R1', 'R2', 'R3', 'R5', 'S1') then 'residential'
        when p.placement_type in ('H5', 'P2', 'P3') then 'semi-independent'
        when p.placement_type = 'P1' then 'own parents'
        else 'other'
    end as placement,
    case
        when p.plan_type <> 'CLA' then null
        when p.placement_la is null then 'not known'
        when p.placement_la = area_code() then 'in area'
        else 'outside'
    end as placed_where
from stg_trust__plans as p
join core_links as l using (supplier, person_ref)
