-- one row per child and agency that knows it, conflict between its records, field that is not known, or extract, counted in a figure
with fields as (
    select
        agency, count(*) as records,
        count(*) filter (ethnicity is null) as ethnicity,
        count(*) filter (sex is null) as sex,
        count(*) filter (birth_month is null) as birth_month,
        count(*) filter (ward_code is null) as ward
    from core_source_people
    group by agency
),

-- Two health providers are one agency.
in_several as (
    select * from core_children where agency_count > 1
)

select 'children_known' as figure, person_id, agency from core_links
union all by name
select 'children_known' as figure, person_id, agency_count::varchar as agency_count from core_children
union all by name
select 'events_at_18' as figure, person_id, agency from core_events_at_18
union all by name
select
    'not_known' as figure, agency, unnest(['ethnicity', 'sex', 'birth month', 'ward']) as field,
    unnest([ethnicity, sex, birth_month, ward]) as number, records as "of"
from fields
union all by name
select 'sources_disagree' as figure, person_id, 'sex' as conflict from in_several where sex_disagrees
union all by name
select 'sources_disagree' as figure, person_id, 'birth month' as conflict from in_several where birth_month_disagrees
union all by name
select 'sources_disagree' as figure, person_id, 'ethnicity' as conflict from in_several where ethnicity_disagrees
union all by name
select 'sources_disagree' as figure, person_id, 'two NHS keys' as conflict from in_several where has_two_nhs_keys
union all by name
select 'sources_disagree' as figure, person_id, 'two UPN keys' as conflict from in_several where has_two_upn_keys
union all by name
select 'sources_disagree' as figure, person_id, 'twice in one source' as conflict from in_several where is_twice_in_a_source
union all by name
select 'rows_received' as figure, table_name as extract, sum(rows)::bigint as number
from (select table_name, supplier, any_value(rows) as rows from raw_checks group by table_name, supplier)
group by table_name
