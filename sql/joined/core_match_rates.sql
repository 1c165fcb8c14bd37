-- one row per ordered pair of agencies and group of children: how many children the one knows, and how many of them the other knows too
with known as (
    select distinct person_id, agency from core_links
),

children as (
    select person_id, coalesce(sex, 'not known') as sex, coalesce(ethnicity, 'not known') as ethnicity,
        coalesce(year(birth_month)::varchar, 'not known') as birth_year
    from core_children
),

grouped as (
    select person_id, 'all' as group_type, 'all' as "group" from children
    union all select person_id, 'sex', sex from children
    union all select person_id, 'ethnicity', ethnicity from children
    union all select person_id, 'birth_year', birth_year from children
)

select
    one.agency, other.agency as other_agency, g.group_type, g."group",
    count(*) as children,
    count(both_know.person_id) as matched
from known as one
join grouped as g on g.person_id = one.person_id
join (select distinct agency from known) as other on other.agency <> one.agency
left join known as both_know on both_know.person_id = one.person_id and both_know.agency = other.agency
group by all
