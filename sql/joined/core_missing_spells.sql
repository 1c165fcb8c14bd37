-- one row per spell missing or away that the Trust recorded by the as-at date, with the child's plan and whose child it was when it began
with spells as (
    select
        l.person_id, m.missing_ref, m.missing_type, m.missing_from, m.started_at, m.started_at::date as start_date,
        -- A spell that ended after the day was open on it.
        case when m.ended_at::date <= as_at() then m.ended_at end as ended_at,
        m.rhi_offered = 'Y' as is_rhi_offered,
        m.rhi_accepted = 'Y' as is_rhi_accepted,
        case when m.rhi_completed_at::date <= as_at() then m.rhi_completed_at end as rhi_completed_at,
        m.rhi_completed_at_is_day
    from stg_trust__missing_episodes as m
    join core_links as l using (supplier, person_ref)
    where m.started_at::date <= as_at()
),

homes as (
    select s.missing_ref, arg_max(h.residence, (h.start_date, h.ward_code)) as residence
    from spells as s
    join core_homes as h on h.person_id = s.person_id and h.start_date <= s.start_date and (h.end_date is null or h.end_date >= s.start_date)
    group by s.missing_ref
)

select
    s.*,
    coalesce(p.plan, 'none') as plan,
    not coalesce(p.is_placed_by_others, false)
        and (coalesce(h.residence, 'not known') <> 'outside' or coalesce(p.is_areas_own, false)) as is_areas_child,
    elapsed_hours(s.started_at, coalesce(s.ended_at, end_of(as_at()))) as hours,
    -- Within 72 hours of the return; by the third day where only a day is known.
    coalesce(
        s.ended_at is not null
        and case
            when s.rhi_completed_at_is_day then s.rhi_completed_at::date between s.ended_at::date and s.ended_at::date + 3
            else elapsed_hours(s.ended_at, s.rhi_completed_at) between 0 and 72
        end,
        false
    ) as is_rhi_within_72_hours
from spells as s
left join homes as h using (missing_ref)
left join core_plan_states as p on p.person_id = s.person_id and in_force(p.from_date, p.to_date, s.start_date)
