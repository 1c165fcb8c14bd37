-- one row per source and ethnic group: how many of its records have an NHS number or a pupil number; for a single identifier of children
with records as (
    select supplier, coalesce(ethnicity, 'not known') as ethnicity, key_nhs, key_upn from core_source_people
)

select
    supplier,
    coalesce(ethnicity, 'all') as ethnicity,
    count(*) as records,
    count(key_nhs) as with_nhs_number,
    count(key_upn) as with_pupil_number,
    round(100.0 * count(key_nhs) / count(*), 1) as nhs_number_percent
from records
group by grouping sets ((supplier), (supplier, ethnicity))
