-- one row per ordered pair of agencies: how many of the children whom the one knows the other knows too, by all keys and by the NHS number alone
with known as (
    select distinct l.person_id, l.agency from core_links as l
),

by_number as (
    select distinct l.person_id, l.agency, other.agency as other_agency
    from core_links as l
    join core_source_people as p using (source_person_id)
    join core_source_people as other on other.key_nhs = p.key_nhs and other.agency <> l.agency
)

select
    one.agency, other.agency as other_agency,
    count(*) as children,
    count(both_know.person_id) as matched,
    count(b.person_id) as matched_by_nhs_number_alone
from known as one
join (select distinct agency from known) as other on other.agency <> one.agency
left join known as both_know on both_know.person_id = one.person_id and both_know.agency = other.agency
left join by_number as b on b.person_id = one.person_id and b.agency = one.agency and b.other_agency = other.agency
group by all
