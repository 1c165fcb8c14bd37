-- one row per linked child, with the one sex, birth month and ethnicity that the rules choose, and what disagreed
with facts as (
    select
        l.person_id, p.*,
        case p.agency when 'trust' then 1 when 'education' then 2 when 'health' then 3 else 4 end as believed
    from core_links as l join core_source_people as p using (source_person_id)
),

-- Birth month by majority of sources, ties to the supplier believed first.
months as (
    select person_id, birth_month, count(*) as votes, min(believed) as believed, min(source_person_id) as first_seen
    from facts where birth_month is not null
    group by person_id, birth_month
),

chosen_month as (
    select person_id, arg_min(birth_month, (-votes, believed, first_seen)) as birth_month, count(*) > 1 as birth_month_disagrees
    from months
    group by person_id
)

select
    f.person_id,
    any_value(m.birth_month) as birth_month,
    arg_min(f.sex, (f.believed, f.source_person_id)) filter (f.sex is not null) as sex,
    arg_min(f.ethnicity, (f.believed, f.source_person_id)) filter (f.ethnicity is not null) as ethnicity,
    arg_min(f.ethnicity_detail, (f.believed, f.source_person_id)) filter (f.ethnicity is not null) as ethnicity_detail,
    arg_min(f.ward_code, (f.believed, f.source_person_id)) filter (f.ward_code is not null) as ward_code,
    bool_or(f.agency = 'trust') as is_known_to_trust,
    bool_or(f.agency = 'police') as is_known_to_police,
    bool_or(f.agency = 'health') as is_known_to_health,
    bool_or(f.agency = 'education') as is_known_to_education,
    count(distinct f.agency) as agency_count,
    count(distinct f.sex) > 1 as sex_disagrees,
    count(distinct f.ethnicity) > 1 as ethnicity_disagrees,
    coalesce(any_value(m.birth_month_disagrees), false) as birth_month_disagrees,
    count(distinct f.key_nhs) > 1 as has_two_nhs_keys,
    count(distinct f.key_upn) > 1 as has_two_upn_keys,
    count(*) > count(distinct f.supplier) as is_twice_in_a_source
from facts as f
left join chosen_month as m using (person_id)
group by f.person_id
