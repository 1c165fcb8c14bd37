-- one row per child who is followed from a first day on, and per thing that came of it, counted in a figure of following up
with disposals as (
    select l.person_id, y.start_date, y.disposal, y.first_time_entrant = 'Y' as is_first
    from stg_trust__youth_justice as y join core_people as l using (supplier, person_ref)
),

came as (
    select 'in care' as after, f.months, f.person_id
    from core_followed as f
    semi join core_plan_states as s
        on s.person_id = f.person_id and s.has_cla and has_day_within(s.from_date, s.to_date, f.first_day, f.last_day)
    union all
    select 'missing', f.months, f.person_id
    from core_followed as f
    semi join core_missing_spells as m
        on m.person_id = f.person_id and m.missing_type = 'M' and m.start_date > f.first_day and m.start_date <= f.last_day
    union all
    select 'referred again', f.months, f.person_id
    from core_followed as f
    semi join core_hub_episodes as e
        on e.person_id = f.person_id and e.is_cce and e.referral_date > f.first_day and e.referral_date <= f.last_day
    union all
    select 'first-time entrant', f.months, f.person_id
    from core_followed as f
    semi join disposals as d on d.person_id = f.person_id and d.is_first and d.start_date > f.first_day and d.start_date <= f.last_day
    union all
    select 'custody', f.months, f.person_id
    from core_followed as f
    semi join disposals as d
        on d.person_id = f.person_id and d.disposal in ('custody', 'remand') and d.start_date > f.first_day and d.start_date <= f.last_day
),

arrests as (
    select person_id, arrested_on from core_involvements where role = 'suspect' and arrested_on is not null
),

arrested as (
    select a.*, 'before' as "when"
    from core_around as a
    semi join arrests as r
        on r.person_id = a.person_id and r.arrested_on < a.day and r.arrested_on >= (a.day - interval 12 month)::date
    union all
    select a.*, 'after'
    from core_around as a
    semi join arrests as r
        on r.person_id = a.person_id and r.arrested_on >= a.day and r.arrested_on < (a.day + interval 12 month)::date
),

-- Contact with each system up to the day, the first of each; who had any before the three years is no first contact.
contacts as (
    select person_id, 'care' as system, start_date as day from core_plan_spells
    union all
    select person_id, 'justice', occurred_on from core_involvements where role = 'suspect'
    union all
    select person_id, 'justice', start_date from disposals
),

firsts as (
    select
        c.person_id,
        min(c.day) filter (c.system = 'care') as care,
        min(c.day) filter (c.system = 'justice') as justice,
        min(c.day) as first_day
    from contacts as c join core_children as k using (person_id)
    where c.day <= as_at() and age_on(k.birth_month, months_before(36)) between 10 and 14
    group by c.person_id
)

select 'followed_' || months as figure, person_id from core_followed
union all by name
select 'followed_' || months || '_after' as figure, person_id, after from came
union all by name
select 'identified' as figure, person_id, sex, ethnicity from core_around where followed_group = 'identified'
union all by name
select 'identified_arrested' as figure, person_id, sex, ethnicity, "when" from arrested where followed_group = 'identified'
union all by name
select 'not_identified' as figure, person_id from core_around where followed_group = 'not_identified'
union all by name
select 'not_identified_arrested' as figure, person_id, "when" from arrested where followed_group = 'not_identified'
union all by name
select
    'young_followed' as figure, person_id,
    case
        when justice is null then 'care alone'
        when care is null then 'justice alone'
        when care < justice then 'care first'
        when justice < care then 'justice first'
        else 'one day'
    end as first_system
from firsts
where first_day > months_before(36)
