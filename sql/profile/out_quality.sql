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

-- Children of whom two agencies hold an equal number, and whether their names would have joined the records too.
compared as (
    select l.person_id, bool_or(not p.name_dob_agrees and not p.name_postcode_agrees) as is_missed
    from core_linked_pairs as p
    join core_links as l on l.source_person_id = p.record_a
    where (p.nhs_agrees or p.upn_agrees) and p.name_dob_agrees is not null and p.name_postcode_agrees is not null
    group by l.person_id
),

same_number as (
    select n.person_id, n.is_missed, boys_or_not(c.sex) as sex, coalesce(c.ethnicity, 'Not known') as ethnicity
    from compared as n join core_children as c using (person_id)
),

-- Events of the year with the day on which they were written down, where the extract has it. The 31 days before the as-at date are left out: of
-- what happened in them no more than what was written down in time is here yet.
recorded as (
    select supplier, person_ref, 'trust__missing_episodes' as extract, started_at::date as day, recorded_date from stg_trust__missing_episodes
    union all
    select supplier, person_ref, 'trust__hub_episodes', referral_date, recorded_date from stg_trust__hub_episodes
    union all
    select supplier, person_ref, 'police__involvements', occurred_on, recorded_date from stg_police__involvements
    union all
    select supplier, person_ref, 'police__missing_reports', reported_at::date, recorded_date from stg_police__missing_reports
    union all
    select supplier, person_ref, 'health__contacts', contact_date, recorded_date from stg_health__contacts
    union all
    select supplier, person_ref, 'education__exclusions', start_date, recorded_date from stg_education__exclusions
),

delays as (
    select l.person_id, r.extract, r.recorded_date - r.day as days
    from recorded as r
    join core_people as l using (supplier, person_ref)
    where r.recorded_date is not null and in_the_year(r.day) and r.day <= as_at() - 31 and is_child_on(l.turns_18_on, r.day)
),

-- Two health providers are one agency.
in_several as (
    select * from core_children where agency_count > 1
)

select 'children_known' as figure, person_id, agency from core_links
union all by name
select 'children_known' as figure, person_id, agency_count::varchar as agency_count from core_children
union all by name
select 'same_number' as figure, person_id, sex, ethnicity from same_number
union all by name
select 'names_miss' as figure, person_id, sex, ethnicity from same_number where is_missed
union all by name
select 'recorded_events' as figure, person_id, extract as recorded_extract from delays
union all by name
select 'recorded_late' as figure, person_id, extract as recorded_extract from delays where days > 31
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
