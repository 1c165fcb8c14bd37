-- one row per episode for criminal exploitation and day on which it was assessed by the as-at date: the level, the one before, who was present
with assessed as (
    select
        e.person_id, a.episode_ref, a.assessed_date,
        -- Two assessments on one day count as the higher.
        max(case a.risk_level when 'high' then 3 when 'medium' then 2 when 'low' then 1 else 0 end) as level,
        flatten(list(a.agencies_present) filter (a.agencies_present is not null)) as agencies_present
    from stg_trust__risk_assessments as a
    join core_hub_episodes as e using (episode_ref)
    where e.is_cce and e.open_from is not null and a.assessed_date <= as_at()
    group by e.person_id, a.episode_ref, a.assessed_date
)

select *, lag(level) over (partition by episode_ref order by assessed_date) as level_before
from assessed
