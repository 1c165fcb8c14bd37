-- one row per child first referred, or chance to refer one, with what came first, and one per quartile of ages and times
with quartiles as (
    select unnest(['25', '50', '75']) as quartile
),

ages as (
    select
        kind, count(person_id) as children,
        quantile_cont(age_on(birth_month, day), [0.25, 0.5, 0.75]) as ages
    from core_first_events
    where in_the_last(36, day) and birth_month is not null and day < turns_18_on(birth_month)
    group by kind
),

-- What came before the first referral, of children first referred in the 36 months: the first two kinds, in order; on one day, in the order of the list.
hub as (
    select person_id, referral_date as day from core_hub_firsts where in_the_last(36, referral_date)
),

before as (
    select h.person_id, e.kind, row_number() over (partition by h.person_id order by e.day, g.sort) as place
    from hub as h
    join core_first_events as e on e.person_id = h.person_id and e.kind <> 'hub' and e.day <= h.day
    join ref_groups as g on g.group_type = 'first_event' and g."group" = e.kind
),

orders as (
    select h.person_id, coalesce(string_agg(b.kind, ' > ' order by b.place) filter (b.place <= 2), 'nothing before') as steps
    from hub as h left join before as b using (person_id)
    group by h.person_id
),

-- An indicator at least 90 days and at most 15 months ago, the first of the child's in that time; and whether the hub came within 90 days.
chances as (
    select i.person_id, i.agency || ': ' || i.indicator as chance, min(i.day) as day
    from core_indicators as i join core_children as c using (person_id)
    where i.day > months_before(12) - 90 and i.day <= as_at() - 90
    group by i.person_id, i.agency, i.indicator, c.birth_month
    -- Who turns 18 before the 90 days are over was not followed for as long.
    having c.birth_month is null or turns_18_on(c.birth_month) > min(i.day) + 90
),

followed as (
    select
        c.person_id, c.chance,
        coalesce(bool_or(e.referral_date < c.day), false) as was_known,
        coalesce(bool_or(e.referral_date between c.day and c.day + 90), false) as is_referred
    from chances as c
    left join core_hub_episodes as e on e.person_id = c.person_id and e.is_cce
    group by c.person_id, c.chance
),

-- First in 24 clear months of records, the same for every year.
years as (
    select unnest([0, 12, 24]) as months
),

firsts as (
    select y.months, i.person_id, min(i.day) as day
    from years as y
    join core_indicators as i on i.day > months_before(y.months + 12) and i.day <= months_before(y.months)
    where not exists (
        select 1 from core_indicators as p
        where p.person_id = i.person_id and p.day < i.day and p.day >= (i.day - interval 24 month)::date
    )
    group by all
),

first_ages as (
    select y.months, count(f.person_id) as children, median(age_on(c.birth_month, f.day)) as age
    from years as y
    left join firsts as f using (months)
    left join core_children as c on c.person_id = f.person_id
    where f.person_id is null or c.birth_month is not null
    group by y.months
)

select 'first_steps' as figure, person_id, steps from orders
union all by name
select 'chances' as figure, person_id, chance from followed where not was_known
union all by name
select 'chances_taken' as figure, person_id, chance from followed where not was_known and is_referred
union all by name
select
    'age_at_first' as figure, case when kind <> 'hub' then kind end as first_event, case when kind = 'hub' then kind end as first_hub,
    quartile, ages[quartile::integer // 25] as average, children
from ages cross join quartiles
union all by name
select 'time_to_hub' as figure, s."group" as first_event, s.quartile, s.days as average, s.children
from core_survival as s
where s.what = 'time to the hub'
union all by name
-- The period begins with the look-back, so that a year whose look-back the records do not cover is refused.
select
    'age_at_first_indicator' as figure, age as average, children,
    months_before(months + 36) + 1 as period_start, months_before(months) as period_end
from first_ages
