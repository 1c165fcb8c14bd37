-- one row per locality (children at risk, and those aged 10–17 against residents) and per ward and locality (children ever at risk in 48 months)
with localities as (
    select g.group_type, g."group", those(c.person_id) as members
    from ref_groups as g
    left join (
        select person_id, case when residence = 'outside Birmingham' then residence else coalesce(locality, 'not known') end as place
        from core_cohort
    ) as c on c.place = g."group"
    where g.group_type = 'locality'
    group by g.group_type, g."group"
),

residents as (
    select g.group_type, g."group", those(c.person_id) as members
    from ref_groups as g
    left join core_cohort as c on c.locality = g."group" and c.residence = 'Birmingham' and c.age between 10 and 17
    where g.group_type = 'locality' and not g.is_residual
    group by g.group_type, g."group"
),

ever as (
    select
        person_id,
        case
            when coalesce(age, 0) not between 10 and 17 then 'under 10'
            else ward_place(ward_code, locality, residence, is_residential)
        end as place,
        case when residence = 'outside Birmingham' then residence else coalesce(locality, 'not known') end as locality
    from core_ever_at_risk
),

wards as (
    select 'ward' as group_type, p.place as "group", those(e.person_id) as members
    from (
        select ward_code as place from ref_wards
        union all select "group" from ref_groups where group_type = 'ward'
    ) as p
    left join ever as e using (place)
    group by p.place
),

-- What stands in the wards' place where too many of them are too small.
ever_by_locality as (
    select g.group_type, g."group", those(e.person_id) as members
    from ref_groups as g left join ever as e on e.locality = g."group"
    where g.group_type = 'locality'
    group by g.group_type, g."group"
),

counts as (
    select 'at_risk' as figure, *, null::date as period_start, null::date as period_end from localities
    union all
    select 'at_risk_residents_10_17', *, null, null from residents
    union all
    select 'ever_at_risk_48_months', *, (months_before(48) + 1)::date, as_at() from (select * from wards union all select * from ever_by_locality)
    union all
    select 'ever_at_risk_48_months', 'all', 'all', those(person_id), (months_before(48) + 1)::date, as_at() from core_ever_at_risk
)

select
    figure, 'children' as unit, group_type, "group", members, period_start, period_end,
    -- No shares: their denominator beside the exact total would tell the residual rows.
    ['count'] as measures, ['trust'] as needs, case when group_type = 'ward' and "group" in (select ward_code from ref_wards) then "group" end as area_code
from counts
union all by name
select
    c.figure, 'children' as unit, c.group_type, c."group", c.members, c.period_start, c.period_end, r.persons as denominator,
    case when c.group_type = 'ward' then ['rate', 'smoothed'] else ['rate'] end as measures,
    ['trust'] as needs, case when c.group_type = 'ward' then c."group" end as area_code,
    denominator_note(r.quality, r.source, 'single-year ages by ward, ONS mid-year estimates, are needed') as note
from counts as c
join core_residents as r on r.area_code = c."group" and r.sex = '' and r.ethnicity = ''
where c.figure = 'at_risk_residents_10_17' or c.group_type = 'ward'
