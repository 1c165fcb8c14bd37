-- one row per locality (children at risk) and per ward and locality (children ever at risk in 48 months)
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

ever as (
    select
        person_id,
        case
            when is_residential and residence = 'Birmingham' then 'residential'
            when residence = 'outside Birmingham' then residence
            else coalesce(ward_code, 'not known')
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
)

select
    'at_risk' as figure, 'children' as unit, group_type, "group", members,
    -- No shares: their denominator beside the exact total would tell the residual rows.
    null::bigint as denominator, ['count'] as measures,
    ['trust'] as needs, null::varchar as area_code, null::date as period_start, null::date as period_end
from localities
union all by name
select
    'ever_at_risk_48_months' as figure, 'children' as unit, w.group_type, w."group", w.members, ['count'] as measures, ['trust'] as needs,
    r.ward_code as area_code, ((as_at() - interval 48 month)::date + 1)::date as period_start, as_at() as period_end
from (select * from wards union all select * from ever_by_locality) as w left join ref_wards as r on r.ward_code = w."group"
union all by name
select
    'ever_at_risk_48_months' as figure, 'children' as unit, 'all' as group_type, 'all' as "group", those(person_id) as members, ['count'] as measures,
    ['trust'] as needs, ((as_at() - interval 48 month)::date + 1)::date as period_start, as_at() as period_end
from core_ever_at_risk
