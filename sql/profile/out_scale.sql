-- one row per child, or time of joining or leaving, counted in a figure of the children at risk, with the groups that it is in
with definitions as (
    select person_id, definition from core_definitions
    union all
    select person_id, 'any of these' from core_definitions
    union all
    select person_id, 'not at risk' from core_definitions where person_id not in (select person_id from core_cohort)
),

days as (
    select as_at() as day union select month_end from core_months
),

open_on as (
    select d.day, p.*
    from days as d
    join core_hub_periods as p on in_force(p.from_date, p.to_date, d.day) and p.is_under_18 and p.open_episodes > 0
)

select
    'at_risk' as figure, day, person_id, risk_level, age::varchar as age, age_band(age) as age_band, sex, ethnicity, plan, residence,
    locality_place(residence, locality) as locality
from core_cohort_days
union all by name
select 'at_risk' as figure, person_id, unnest(list_filter(
    [case when has_cla then 'CLA' end, case when has_cp then 'CP' end, case when has_cin then 'CIN' end],
    lambda kind: kind is not null
)) as plan_any
from core_cohort
union all by name
select 'at_risk_residents_10_17' as figure, person_id, ethnicity, locality
from core_cohort
where residence = 'in area' and age between 10 and 17
union all by name
select 'open_not_assessed' as figure, day, person_id from open_on where is_areas_child and level is null
union all by name
select 'open_assessed_none' as figure, day, person_id from open_on where is_areas_child and level = 0
union all by name
select 'placed_here_by_others' as figure, day, person_id from open_on where is_placed_here and level > 0
union all by name
select 'ever_at_risk_12_months' as figure, person_id
from core_at_risk_spells
where has_day_within(start_date, end_date, a_year_before(as_at()), as_at())
union all by name
select 'entries' as figure, person_id, entry_reason, start_date as happened_on from core_at_risk_spells
union all by name
select 'exits' as figure, person_id, exit_reason, end_date as happened_on from core_at_risk_spells where end_date is not null
union all by name
select 'known_by_definition' as figure, person_id, definition from definitions
