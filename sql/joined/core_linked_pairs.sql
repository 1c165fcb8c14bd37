-- one row per pair of records of two agencies that were linked to one child: what agrees, null where one of them does not have it
select
    one.agency as agency_a, other.agency as agency_b,
    one.source_person_id as record_a, other.source_person_id as record_b,
    p.key_nhs = q.key_nhs as nhs_agrees,
    p.key_upn = q.key_upn as upn_agrees,
    p.key_name_dob = q.key_name_dob as name_dob_agrees,
    p.key_name_postcode = q.key_name_postcode as name_postcode_agrees,
    p.sex = q.sex as sex_agrees,
    p.birth_month = q.birth_month as birth_month_agrees,
    p.ethnicity = q.ethnicity as ethnicity_agrees,
    case
        when p.key_nhs = q.key_nhs then 'NHS number'
        when p.key_upn = q.key_upn then 'pupil number'
        when p.key_name_dob = q.key_name_dob then 'name and birth'
        when p.key_name_postcode = q.key_name_postcode then 'name and postcode'
        else 'a third record'
    end as rests_on
from core_links as one
join core_links as other on one.person_id = other.person_id and one.agency < other.agency
join core_source_people as p on p.source_person_id = one.source_person_id
join core_source_people as q on q.source_person_id = other.source_person_id
