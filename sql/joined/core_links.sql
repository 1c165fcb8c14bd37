-- one row per child and source, with the child it was linked to: connected components over equal linkage keys
with recursive holdings as (
    select source_person_id, 'nhs' || key_nhs as linkage_key from core_source_people where key_nhs is not null
    union all select source_person_id, 'upn' || key_upn from core_source_people where key_upn is not null
    union all select source_person_id, 'dob' || key_name_dob from core_source_people where key_name_dob is not null
    union all select source_person_id, 'pc' || key_name_postcode from core_source_people where key_name_postcode is not null
),

-- A key that one record alone holds joins nothing.
shared as (
    select * from holdings qualify count(*) over (partition by linkage_key) > 1
),

-- Every record starts as its own child; each round it takes the smallest number among those it shares a key with.
components (source_person_id, person_id) using key (source_person_id) as (
    select source_person_id, source_person_id as person_id from core_source_people
    union (
        with smallest as (
            select shared.linkage_key, min(known.person_id) as person_id
            from shared join recurring.components as known using (source_person_id)
            group by shared.linkage_key
        )
        select current.source_person_id, min(smallest.person_id) as person_id
        from recurring.components as current
        join shared using (source_person_id)
        join smallest using (linkage_key)
        group by current.source_person_id, current.person_id
        having min(smallest.person_id) < current.person_id
    )
)

select p.source_person_id, p.agency, p.supplier, p.person_ref, components.person_id
from components
join core_source_people as p using (source_person_id)
