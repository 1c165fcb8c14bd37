-- one row per kind of linkage error: out of how many pairs it could be seen in, and in how many it was
-- A name key is wrong where both records have a stronger number and these differ; it misses where the numbers are equal and it is not.
-- Numbers are mistyped too, so a wrong join is counted rather too often. A number that is equal is taken to be right, whatever contradicts it.
with strong as (
    select
        a.source_person_id as record_a, b.source_person_id as record_b, s.strength,
        case when a.key_nhs is not null and b.key_nhs is not null then a.key_nhs <> b.key_nhs else a.key_upn <> b.key_upn end as differs
    from core_shared_keys as s
    join core_shared_keys as t on t.linkage_key = s.linkage_key and s.source_person_id < t.source_person_id
    join core_source_people as a on a.source_person_id = s.source_person_id
    join core_source_people as b on b.source_person_id = t.source_person_id
    where s.strength >= 3 and s.holders <= 20 and a.agency <> b.agency
),

sure as (
    select * from core_linked_pairs where nhs_agrees or upn_agrees
),

-- Records with an equal number that were not linked: a birth, or another number, contradicts it.
parted as (
    select distinct a.source_person_id as record_a, b.source_person_id as record_b
    from core_refused_links as r
    join core_shared_keys as s using (linkage_key)
    join core_shared_keys as t on t.linkage_key = s.linkage_key
    join core_links as a on a.source_person_id = s.source_person_id
    join core_links as b on b.source_person_id = t.source_person_id
    where r.strength <= 2 and a.agency < b.agency and a.person_id <> b.person_id
)

select 'name and birth joins two children' as error, count(differs) as pairs, count(*) filter (differs) as errors from strong where strength = 3
union all select 'name and postcode joins two children', count(differs), count(*) filter (differs) from strong where strength = 4
union all select 'name and birth misses a child', count(name_dob_agrees), count(*) filter (not name_dob_agrees) from sure
union all select 'name and postcode misses a child', count(name_postcode_agrees), count(*) filter (not name_postcode_agrees) from sure
union all
select
    'both name keys miss a child',
    count(*) filter (name_dob_agrees is not null and name_postcode_agrees is not null),
    count(*) filter (not name_dob_agrees and not name_postcode_agrees)
from sure
union all
select
    'linked by names alone', count(*), count(*) filter (rests_on in ('name and birth', 'name and postcode'))
from core_linked_pairs
union all
select 'a contradiction parts an equal number', (select count(*) from sure) + (select count(*) from parted), (select count(*) from parted)
