-- one row per child and dated home; children without a dated one have the people table's ward for all time
with dated as (
    select l.person_id, r.ward_code, r.la_code, r.start_date, r.end_date
    from stg_trust__residences as r join core_links as l using (supplier, person_ref)
),

undated as (
    select c.person_id, c.ward_code, null::varchar as la_code, date '1900-01-01' as start_date, null::date as end_date
    from core_children as c
    anti join dated using (person_id)
    where c.ward_code is not null
)

select
    h.*,
    w.locality,
    case
        when w.ward_code is not null or is_older_ward(h.ward_code) then 'in area'
        when h.la_code = area_code() then 'in area'
        when h.ward_code is null and h.la_code is null then 'not known'
        else 'outside'
    end as residence
from (select * from dated union all by name select * from undated) as h
left join ref_wards as w using (ward_code)
