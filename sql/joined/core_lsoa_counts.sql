-- one row per lower super output area and kind of place with something in it, where the agencies supply such areas: for the analyst alone
with people as (
    select supplier, person_ref, lsoa_code, 1 as believed from stg_trust__people
    union all select supplier, person_ref, lsoa_code, 2 from stg_education__people
    union all select supplier, person_ref, lsoa_code, 3 from stg_health__people
    union all select supplier, person_ref, lsoa_code, 4 from stg_police__people
),

homes as (
    select l.person_id, arg_min(p.lsoa_code, (p.believed, p.person_ref)) as lsoa_code
    from people as p join core_links as l using (supplier, person_ref)
    where p.lsoa_code is not null
    group by l.person_id
)

select h.lsoa_code, 'home' as kind, count(*) as "count"
from core_ever_at_risk as e join homes as h using (person_id)
group by h.lsoa_code
union all
select i.lsoa_code, 'incident', count(*)
from stg_police__involvements as i
where i.lsoa_code is not null and in_the_year(i.occurred_on)
group by i.lsoa_code
