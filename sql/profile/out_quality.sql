-- one row per measure of the data: children known, completeness by agency, linkage, disagreements
with known as (
    select agency, distinct_of(person_id) as children from core_links group by agency
),

by_count as (
    select agency_count, those(person_id) as children from core_children group by agency_count
),

fields as (
    select
        agency, count(*) as records,
        count(*) filter (ethnicity is null) as ethnicity,
        count(*) filter (sex is null) as sex,
        count(*) filter (birth_month is null) as birth_month,
        count(*) filter (ward_code is null) as ward
    from core_source_people
    group by agency
),

blanks as (
    select agency, records, unnest(['ethnicity', 'sex', 'birth month', 'ward']) as field, unnest([ethnicity, sex, birth_month, ward]) as blank
    from fields
),

conflicts as (
    select
        unnest(['sex', 'birth month', 'ethnicity', 'two NHS keys', 'two UPN keys', 'twice in one source']) as conflict,
        unnest([
            list(person_id) filter (sex_disagrees), list(person_id) filter (birth_month_disagrees), list(person_id) filter (ethnicity_disagrees),
            list(person_id) filter (has_two_nhs_keys), list(person_id) filter (has_two_upn_keys), list(person_id) filter (is_twice_in_a_source)
        ]) as children
    from core_children
    -- Two health providers are one agency.
    where agency_count > 1
),

everyone as (
    select those(person_id) as children, count(*) filter (agency_count > 1) as in_several from core_children
)

select
    'children_known' as figure, 'children' as unit, g.group_type, g."group", coalesce(k.children, []) as members, null::bigint as denominator,
    ['count'] as measures, [g."group"] as needs
from ref_groups as g left join known as k on k.agency = g."group"
where g.group_type = 'agency'
union all by name
select 'children_known' as figure, 'children' as unit, 'all' as group_type, 'all' as "group", children as members, ['count'] as measures, []::varchar[] as needs
from everyone
union all by name
select
    'children_known' as figure, 'children' as unit, g.group_type, g."group", coalesce(b.children, []) as members,
    len(everyone.children) as denominator, 'children_known' as whole,
    ['count', 'percent'] as measures, ['trust', 'police', 'health', 'education'] as needs
from ref_groups as g left join by_count as b on b.agency_count::varchar = g."group", everyone
where g.group_type = 'agency_count'
union all by name
select
    'not_known' as figure, 'people records' as unit, 'agency' as group_type, agency as "group", 'field' as group2_type, field as group2,
    blank as numerator, records as denominator, 'rows_received:extract=' || agency || '__people' as whole, ['count', 'percent'] as measures, [agency] as needs
from blanks
union all by name
select
    'sources_disagree' as figure, 'children' as unit, 'conflict' as group_type, conflict as "group", coalesce(c.children, []) as members,
    everyone.in_several as denominator, 'children_known' as whole, 'agency_count=1' as less, ['count', 'percent'] as measures, []::varchar[] as needs
from conflicts as c, everyone
