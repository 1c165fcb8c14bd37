-- one row per record: all that hang together by equal keys, and whether they contradict each other: two NHS numbers, two pupil numbers, or birth months too far apart
with recursive linked (source_person_id, component_id) using key (source_person_id) as (
    -- Every record starts by itself; each round it takes the smallest number among those it shares a key with.
    select source_person_id, source_person_id as component_id from core_source_people
    union (
        with smallest as (
            select shared.linkage_key, min(known.component_id) as component_id
            from core_shared_keys as shared join recurring.linked as known using (source_person_id)
            group by shared.linkage_key
        )
        select current.source_person_id, min(smallest.component_id) as component_id
        from recurring.linked as current
        join core_shared_keys as shared using (source_person_id)
        join smallest using (linkage_key)
        group by current.source_person_id, current.component_id
        having min(smallest.component_id) < current.component_id
    )
),

contradictions as (
    select linked.component_id
    from linked join core_source_people as p using (source_person_id)
    group by linked.component_id
    having count(*) > 1 and contradicts(list(as_evidence(p.key_nhs, p.key_upn, p.key_name_postcode, p.birth_month)))
)

select linked.source_person_id, linked.component_id, contradictions.component_id is not null as is_contradictory
from linked left join contradictions using (component_id)
