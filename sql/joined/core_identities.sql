-- one row per linked child, with the reference by which a later version knows it again: that of the source believed first
select
    person_id,
    arg_min(
        supplier || '/' || person_ref,
        (case agency when 'trust' then 1 when 'education' then 2 when 'health' then 3 else 4 end, supplier, person_ref)
    ) as reference
from core_links
group by person_id
