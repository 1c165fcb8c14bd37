-- one row per child and source, with the child it was linked to: equal linkage keys, but for those that would join a contradiction
with recursive edges as (
    -- The keys of each contradictory component, strongest first: by kind, then the fewer hold it, then by the key itself.
    select
        c.component_id, s.linkage_key,
        row_number() over (partition by c.component_id order by s.strength, s.holders, s.linkage_key) as step
    from core_shared_keys as s join core_components as c using (source_person_id)
    where c.is_contradictory
    group by c.component_id, s.linkage_key, s.strength, s.holders
),

-- Each step takes one key of every such component, and joins those who hold it unless they would contradict each other.
-- Record 0 counts the steps.
joined (source_person_id, person_id, component_id, step) using key (source_person_id) as (
    select source_person_id, source_person_id as person_id, component_id, 0::bigint as step from core_components where is_contradictory
    union all select 0, 0, 0, 0
    union (
        with now as (
            select step + 1 as step from recurring.joined where source_person_id = 0
        ),
        touched as (
            select distinct holder.person_id, holder.component_id
            from edges
            join now using (step)
            join core_shared_keys as s using (linkage_key)
            join recurring.joined as holder on holder.source_person_id = s.source_person_id
        ),
        allowed as (
            select touched.component_id, min(touched.person_id) as person_id
            from touched
            join recurring.joined as member using (person_id)
            join core_source_people as p on p.source_person_id = member.source_person_id
            group by touched.component_id
            having not contradicts(list(as_evidence(p.key_nhs, p.key_upn, p.key_name_postcode, p.birth_month)))
        )
        select member.source_person_id, allowed.person_id, member.component_id, now.step
        from recurring.joined as member
        join touched using (person_id)
        join allowed on allowed.component_id = touched.component_id
        cross join now
        union all
        select 0, 0, 0, step from now where step <= (select max(step) from edges)
    )
)

select
    p.source_person_id, p.agency, p.supplier, p.person_ref,
    coalesce(joined.person_id, c.component_id) as person_id
from core_source_people as p
join core_components as c using (source_person_id)
left join joined on joined.source_person_id = p.source_person_id
