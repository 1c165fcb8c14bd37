-- one row per ward: residents aged 10–17, deprivation, and the true counts that models are fitted to; no edition shows a row of it
with ever as (
    select ward_code, count(*) as children from core_ever_at_risk where not is_residential and age between 10 and 17 group by ward_code
),

incidents as (select ward as ward_code, count(*) as involvements from core_incident_places group by ward),

-- A crime with several children in it does its harm once.
crimes as (
    select ward as ward_code, incident_ref, max(weight) as weight
    from core_incident_places
    where role in ('victim', 'suspect')
    group by ward, incident_ref
),

harms as (select ward_code, sum(weight) as harm from crimes group by ward_code),

found as (select ward as ward_code, count(*) as reports from core_found_places group by ward)

select
    w.ward_code, w.deprivation, r.persons as residents, r.quality,
    coalesce(e.children, 0) as ever_at_risk,
    coalesce(i.involvements, 0) as involvements,
    coalesce(h.harm, 0) as harm,
    (select max(weight) from ref_harm_weights) as heaviest_weight,
    coalesce(f.reports, 0) as found
from ref_wards as w
left join core_residents as r on r.area_code = w.ward_code and r.sex = '' and r.ethnicity = ''
left join ever as e using (ward_code)
left join incidents as i using (ward_code)
left join harms as h using (ward_code)
left join found as f using (ward_code)
order by w.ward_code
