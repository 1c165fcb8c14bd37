-- one row per child and unbroken spell in the at-risk cohort, with why it began and ended
with marked as (
    select
        *,
        lag(is_at_risk, 1, false) over child as was_at_risk,
        lag(level) over child as level_before,
        lag(is_areas_child, 1, true) over child as was_areas_child,
        lead(is_at_risk, 1, false) over child as stays_at_risk,
        lead(level) over child as level_after,
        lead(is_under_18, 1, true) over child as is_under_18_after,
        coalesce(to_date >= (birth_month + interval 18 year)::date, true) as is_in_month_of_18_after,
        lead(is_areas_child, 1, true) over child as is_areas_child_after
    from core_hub_periods
    join (select person_id, birth_month from core_children) using (person_id)
    window child as (partition by person_id order by from_date)
),

numbered as (
    select *, count(*) filter (is_at_risk and not was_at_risk) over (partition by person_id order by from_date) as spell_number
    from marked
    where is_at_risk
)

select
    n.person_id,
    n.spell_number,
    min(n.from_date) as start_date,
    case when bool_or(n.to_date is null) then null else max(n.to_date) end as end_date,
    any_value(
        case
            when n.level_before = 0 then 'raised from none'
            when n.level_before > 0 and not n.was_areas_child then 'moved in'
            when n.spell_number > 1 then 'reopened'
            else 'first assessed'
        end
    ) filter (not n.was_at_risk) as entry_reason,
    any_value(
        case
            when n.to_date is null then null
            when not n.is_under_18_after then 'turned 18'
            -- Only the month of birth is known: closed as turned 18 in that month is turned 18.
            when e.open_to = n.to_date and e.closure_reason = 'turned_18' and n.is_in_month_of_18_after then 'turned 18'
            when not n.is_areas_child_after then 'moved'
            -- The episode that gave the level may end while another is open, not yet assessed or assessed none.
            when e.open_to = n.to_date then case when e.closure_reason = 'moved_area' then 'moved' else 'closed' end
            when n.level_after = 0 then 'assessed none'
            else 'closed'
        end
    ) filter (not n.stays_at_risk) as exit_reason
from numbered as n
left join core_hub_episodes as e using (person_id, episode_ref)
group by n.person_id, n.spell_number
