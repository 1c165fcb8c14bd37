-- one row per area, sex and ethnic group for which residents aged 10–17 are known; a blank sex or ethnic group is all of them
with told as (
    select
        area_code, coalesce(sex, '') as sex, coalesce(ethnicity, '') as ethnicity, sum(persons)::bigint as persons,
        any_value(quality) as quality, any_value(source) as source, any_value(as_of) as as_of
    from ref_population
    where age_from >= 10 and age_to <= 17
    group by all
),

-- Where an area is told by sex alone, all of it is their sum.
everyone as (
    select area_code, '' as sex, '' as ethnicity, sum(persons)::bigint as persons, any_value(quality) as quality, any_value(source) as source, any_value(as_of) as as_of
    from told
    where sex <> '' and ethnicity = '' and area_code not in (select area_code from told where sex = '' and ethnicity = '')
    group by area_code
),

areas as (select * from told union all select * from everyone)

select * from areas
union all
select w.locality, '', '', sum(a.persons)::bigint, max(a.quality), any_value(a.source), any_value(a.as_of)
from areas as a join ref_wards as w on w.ward_code = a.area_code
where a.sex = '' and a.ethnicity = ''
group by w.locality
