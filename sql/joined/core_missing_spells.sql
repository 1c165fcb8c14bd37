-- one row per spell missing or away that the Trust recorded by the as-at date, with the child's plan and whose child it was when it began
-- Spells of one kind that lie within another of the child's, or stand twice, are one: 10:00 to 14:00 within 9:00 to 17:00 is no second time.
with recorded as (
    select
        l.person_id, l.turns_18_on, m.*,
        max(coalesce(m.ended_at, 'infinity'::timestamp)) over (
            partition by l.person_id, m.missing_type
            order by m.started_at, coalesce(m.ended_at, 'infinity'::timestamp) desc, m.rhi_completed_at is null, m.missing_ref
            rows between unbounded preceding and 1 preceding
        ) as latest_end_before
    from stg_trust__missing_episodes as m
    join core_people as l using (supplier, person_ref)
),

spells as (
    select
        person_id, missing_ref, missing_type, missing_from, started_at, started_at::date as start_date,
        -- A spell that ended after the day was open on it.
        case when ended_at::date <= as_at() then ended_at end as ended_at,
        rhi_offered = 'Y' as is_rhi_offered,
        rhi_accepted = 'Y' as is_rhi_accepted,
        -- Held is what was offered and followed the return.
        case
            when rhi_offered = 'Y' and rhi_completed_at::date <= as_at()
                and case when rhi_completed_at_is_day then rhi_completed_at::date >= ended_at::date else elapsed_hours(ended_at, rhi_completed_at) >= 0 end
            then rhi_completed_at
        end as rhi_completed_at,
        rhi_completed_at_is_day
    from recorded
    where started_at::date <= as_at() and is_child_on(turns_18_on, started_at::date)
        and coalesce(latest_end_before < coalesce(ended_at, 'infinity'::timestamp), true)
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
            when s.rhi_completed_at_is_day then s.rhi_completed_at::date <= s.ended_at::date + 3
            else elapsed_hours(s.ended_at, s.rhi_completed_at) <= 72
        end,
        false
    ) as is_rhi_within_72_hours
from spells as s
left join homes as h using (missing_ref)
left join core_plan_states as p on p.person_id = s.person_id and in_force(p.from_date, p.to_date, s.start_date)
