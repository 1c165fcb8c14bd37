-- one row per pair of records of two agencies that were not linked although much agrees: a refused key, or sex, birth month and ward
with refused as (
    select a.source_person_id as record_a, b.source_person_id as record_b, 'a refused key' as agrees_on
    from core_refused_links as r
    join core_shared_keys as s using (linkage_key)
    join core_shared_keys as t on t.linkage_key = s.linkage_key
    join core_links as a on a.source_person_id = s.source_person_id
    join core_links as b on b.source_person_id = t.source_person_id
    where a.agency < b.agency and a.person_id <> b.person_id
),

alike as (
    select p.source_person_id as record_a, q.source_person_id as record_b, 'sex, birth month and ward' as agrees_on
    from core_source_people as p
    join core_source_people as q
        on p.birth_month = q.birth_month and p.sex = q.sex and p.ward_code = q.ward_code and p.agency < q.agency
    join core_links as a on a.source_person_id = p.source_person_id
    join core_links as b on b.source_person_id = q.source_person_id
    where a.person_id <> b.person_id
)

select record_a, record_b, min(agrees_on) as agrees_on
from (select * from refused union all select * from alike)
group by record_a, record_b
