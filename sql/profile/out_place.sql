-- one row per child ever at risk in 48 months, find of a missing child, or crime without a weight of harm, with its place
select
    'ever_at_risk_48_months' as figure, person_id,
    case
        when coalesce(age, 0) not between 10 and 17 then 'under 10'
        else ward_place(ward_code, locality, residence, is_residential)
    end as ward,
    locality_place(residence, locality) as locality
from core_ever_at_risk
union all by name
select 'found_reports' as figure, person_id, ward from core_found_places
union all by name
select 'harm_without_weight' as figure, person_id
from core_incident_places
where role in ('victim', 'suspect') and weight is null
union all by name
-- Said beside the number, whatever it is.
select 'harm_without_weight' as figure, any_value(source) || ', version ' || any_value(version) as note from ref_harm_weights
