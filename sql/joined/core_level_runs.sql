-- one row per child and unbroken time at one level of risk in the at-risk cohort: from which day to which, blank while it goes on
with marked as (
    select
        person_id, from_date, to_date, level,
        coalesce(
            lag(level) over child is distinct from level or lag(to_date) over child is distinct from from_date, true
        ) as is_new
    from core_hub_periods
    where is_at_risk and from_date <= as_at()
    window child as (partition by person_id order by from_date)
),

numbered as (
    select *, count(*) filter (is_new) over (partition by person_id order by from_date) as run from marked
)

select
    person_id, level, min(from_date) as from_date,
    case when max(coalesce(to_date, as_at() + 1)) <= as_at() then max(to_date) end as to_date
from numbered
group by person_id, run, level
