-- one row per child and factor of vulnerability that was recorded in the 36 months to the as-at date, by the factor's rule
with assessed as (
    select l.person_id, f.factor_code, f.assessed_date
    from stg_trust__assessment_factors as f join core_people as l using (supplier, person_ref)
    where in_the_last(36, f.assessed_date) and is_child_on(l.turns_18_on, f.assessed_date)
),

enrolled as (
    select l.person_id, e.sen_provision, e.free_school_meals
    from stg_education__enrolments as e join core_links as l using (supplier, person_ref)
    where e.start_date <= as_at() and (e.end_date is null or e.end_date > months_before(36))
)

select distinct person_id, factor from (
    select person_id, 'abuse' as factor from assessed where factor_code in ('17A', '18A', '18B', '18C', '19A', '19B', '19C')
    union all select person_id, 'neglect' from assessed where factor_code = '16A'
    union all select person_id, 'domestic abuse' from assessed where factor_code in ('3A', '3B', '3C')
    union all select person_id, 'parental substance misuse' from assessed where factor_code in ('1B', '2B')
    union all select person_id, 'parental mental ill-health' from assessed where factor_code = '4B'
    union all select person_id, 'own mental health' from assessed where factor_code in ('4A', '15A')
    union all select person_id, 'victim of violence' from core_indicators where indicator = 'victim of violence' and in_the_last(36, day)
    union all select person_id, 'exclusion' from core_indicators where agency = 'education' and in_the_last(36, day)
    union all select person_id, 'poverty' from enrolled where free_school_meals = 'Y'
)
