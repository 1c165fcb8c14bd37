-- one row per child and period in which its plans and care did not change: the one state by the rule, and any of each
with changes as (
    select distinct person_id, unnest([start_date, end_date]) as day from core_plan_spells
),

periods as (
    select person_id, day as from_date, lead(day) over (partition by person_id order by day) as to_date
    from changes
    where day is not null
)

select
    p.person_id, p.from_date, p.to_date,
    coalesce(bool_or(s.plan_type = 'CLA'), false) as has_cla,
    coalesce(bool_or(s.plan_type = 'CP'), false) as has_cp,
    coalesce(bool_or(s.plan_type = 'CIN'), false) as has_cin,
    -- In care, else child protection, else child in need; early help is none.
    case when has_cla then 'CLA' when has_cp then 'CP' when has_cin then 'CIN' else 'none' end as plan,
    arg_max(s.placement, (s.start_date, s.is_areas_own, s.placement)) filter (s.plan_type = 'CLA') as placement,
    arg_max(s.placed_where, (s.start_date, s.is_areas_own, s.placement)) filter (s.plan_type = 'CLA') as placed_where,
    -- Of two open spells in care the later one says whose child it is: an older one was not closed.
    coalesce(arg_max(s.is_placed_by_others, (s.start_date, s.is_areas_own)) filter (s.plan_type = 'CLA'), false) as is_placed_by_others,
    coalesce(arg_max(s.is_placed_here, (s.start_date, s.is_areas_own)) filter (s.plan_type = 'CLA'), false) as is_placed_here,
    coalesce(bool_or(s.is_areas_own) filter (s.plan_type <> 'CLA'), false)
        or coalesce(arg_max(s.is_areas_own, (s.start_date, s.is_areas_own)) filter (s.plan_type = 'CLA'), false) as is_areas_own,
    coalesce(bool_or(s.is_residential), false) as is_residential
from periods as p
left join core_plan_spells as s on s.person_id = p.person_id and in_force(s.start_date, s.end_date, p.from_date)
group by p.person_id, p.from_date, p.to_date
