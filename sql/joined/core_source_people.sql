-- one row per child and source (an agency, or a health provider), canaries removed
with people as (
    select 'trust' as agency, * from stg_trust__people
    union all by name select 'education' as agency, * from stg_education__people
    union all by name select 'health' as agency, * from stg_health__people
    union all by name select 'police' as agency, * from stg_police__people
),

without_canaries as (
    select people.* from people
    where not exists (
        select 1 from ref_canaries
        where ref_canaries.linkage_key in (people.key_nhs, people.key_upn, people.key_name_dob, people.key_name_postcode)
    )
)

select
    row_number() over (order by p.supplier, p.person_ref) as source_person_id,
    p.agency,
    p.supplier,
    p.person_ref,
    p.key_nhs,
    p.key_upn,
    p.key_name_dob,
    p.key_name_postcode,
    p.birth_month,
    nullif(p.sex, 'U') as sex,
    nullif(e.broad_group, 'Not known') as ethnicity,
    case when e.broad_group <> 'Not known' then e.detailed_group end as ethnicity_detail,
    p.ward_code
from without_canaries as p
left join ref_ethnicity as e on e.agency = p.agency and e.code = p.ethnicity
