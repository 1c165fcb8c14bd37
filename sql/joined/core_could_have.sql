-- one row per child and kind of source in which a factor could have been recorded in the 36 months: assessed, known to the police, on a roll
select distinct l.person_id, 'assessed' as source
from stg_trust__assessment_factors as f join core_people as l using (supplier, person_ref)
where in_the_last(36, f.assessed_date) and is_child_on(l.turns_18_on, f.assessed_date)
union all
select distinct person_id, 'police' from core_involvements where in_the_last(36, occurred_on)
union all
-- Whoever was suspended was on a roll.
select distinct person_id, 'roll' from (
    select l.person_id
    from stg_education__enrolments as e join core_links as l using (supplier, person_ref)
    where e.start_date <= as_at() and (e.end_date is null or e.end_date > months_before(36))
    union all
    select person_id from core_indicators where agency = 'education' and in_the_last(36, day)
)
