-- one row per child with an accepted CCE episode and period in which nothing about its place in the cohort changed
with episodes as (
    select * from core_hub_episodes where is_cce and open_from is not null
),

-- Two assessments on one day count as the higher.
assessed as (
    select
        episode_ref, assessed_date,
        max(case risk_level when 'high' then 3 when 'medium' then 2 when 'low' then 1 else 0 end) as level
    from stg_trust__risk_assessments
    group by episode_ref, assessed_date
),

eighteenth as (
    select person_id, turns_18_on(birth_month) as turns_18_on from core_children
),

changes as (
    select person_id, open_from as day from episodes
    union select person_id, open_to from episodes
    union select e.person_id, greatest(a.assessed_date, e.open_from) from episodes as e join assessed as a using (episode_ref)
    union select person_id, turns_18_on from eighteenth
    union select person_id, unnest([start_date, end_date]) from core_plan_spells
    union select person_id, unnest([start_date, (end_date + interval 1 day)::date]) from core_homes
),

-- Nothing before the first opening matters to the cohort.
periods as (
    select c.person_id, c.day as from_date, lead(c.day) over (partition by c.person_id order by c.day) as to_date
    from changes as c
    join (select person_id, min(open_from) as first_open from episodes group by person_id) as f using (person_id)
    where c.day >= f.first_open
),

levels as (
    select
        p.person_id, p.from_date,
        count(*) as open_episodes,
        max(a.level) as level,
        arg_max(e.episode_ref, (coalesce(a.level, -1), e.open_from, e.episode_ref)) as episode_ref
    from periods as p
    join episodes as e on e.person_id = p.person_id and in_force(e.open_from, e.open_to, p.from_date)
    asof left join assessed as a on a.episode_ref = e.episode_ref and a.assessed_date <= p.from_date
    group by p.person_id, p.from_date
),

homes as (
    select
        p.person_id, p.from_date,
        arg_max(struct_pack(ward_code := h.ward_code, locality := h.locality, residence := h.residence), (h.start_date, h.ward_code)) as home
    from periods as p
    join core_homes as h on h.person_id = p.person_id and h.start_date <= p.from_date and (h.end_date is null or h.end_date >= p.from_date)
    group by p.person_id, p.from_date
)

select
    p.person_id, p.from_date, p.to_date,
    l.episode_ref,
    coalesce(l.open_episodes, 0) as open_episodes,
    l.level,
    coalesce(p.from_date < e.turns_18_on, true) as is_under_18,
    coalesce(s.is_placed_by_others, false) as is_placed_by_others,
    coalesce(s.is_placed_here, false) as is_placed_here,
    coalesce(s.is_residential, false) as is_residential,
    coalesce(h.home.residence, 'not known') as residence,
    h.home.ward_code as ward_code,
    h.home.locality as locality,
    coalesce(not s.is_placed_by_others, true)
        and (coalesce(h.home.residence, 'not known') <> 'outside' or coalesce(s.is_areas_own, false)) as is_areas_child,
    coalesce(l.level, 0) > 0 and is_under_18 and is_areas_child as is_at_risk
from periods as p
left join levels as l using (person_id, from_date)
left join core_plan_states as s on s.person_id = p.person_id and in_force(s.from_date, s.to_date, p.from_date)
left join homes as h using (person_id, from_date)
left join eighteenth as e using (person_id)
