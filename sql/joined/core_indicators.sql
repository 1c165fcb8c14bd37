-- one row per child, agency, indicator of exploitation or harm and day on which that agency recorded it, by the as-at date
with records as (
    select person_id, 'police' as agency, 'exploitation marker' as indicator, occurred_on as day
    from core_involvements where list_has_any(markers, ['CCE', 'COUNTY_LINES'])
    union all
    select person_id, 'police', 'drug supply or weapon', occurred_on
    from core_involvements where role = 'suspect' and offence_group in ('drug supply', 'weapons')
    union all
    select person_id, 'police', 'victim of violence', occurred_on
    from core_involvements where role = 'victim' and offence_group in ('violence', 'robbery')
    union all
    select l.person_id, 'police', 'reported missing', r.reported_at::date
    from stg_police__missing_reports as r join core_people as l using (supplier, person_ref)
    where is_child_on(l.turns_18_on, r.reported_at::date)
    union all
    select person_id, 'trust', 'missing', start_date from core_missing_spells where missing_type = 'M'
    union all
    -- 24A exploitation, 11A sexual exploitation, 12A trafficking, 13A gangs.
    select l.person_id, 'trust', 'assessment factor', f.assessed_date
    from stg_trust__assessment_factors as f join core_people as l using (supplier, person_ref)
    where f.factor_code in ('24A', '11A', '12A', '13A') and is_child_on(l.turns_18_on, f.assessed_date)
    union all
    select l.person_id, 'education', 'suspended or excluded', x.start_date
    from stg_education__exclusions as x join core_people as l using (supplier, person_ref)
    where is_child_on(l.turns_18_on, x.start_date)
    union all
    select person_id, 'health', case when reason like 'assault%' then 'assault' else reason end, contact_date
    from core_contacts where reason in ('assault, sharp', 'assault, other', 'self-harm or overdose', 'exploitation concern')
)

select distinct person_id, agency, indicator, day from records where day <= as_at()
