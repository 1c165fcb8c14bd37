-- one row per spell of the year in the Trust's or the police's records, and in whose: both where hours of the same child overlap
with spells as (
    select person_id, missing_ref, is_areas_child, started_at, coalesce(ended_at, end_of(as_at())) as ended_at
    from core_missing_spells
    where missing_type = 'M'
),

reports as (
    select
        l.person_id, r.report_ref, r.reported_at,
        case when r.found_at::date <= as_at() then r.found_at else end_of(as_at()) end as found_at
    from stg_police__missing_reports as r
    join core_people as l using (supplier, person_ref)
    where r.reported_at::date <= as_at() and is_child_on(l.turns_18_on, r.reported_at::date)
),

pairs as (
    select s.missing_ref, r.report_ref
    from spells as s
    join reports as r on r.person_id = s.person_id and r.reported_at < s.ended_at and s.started_at < r.found_at
)

select s.person_id, case when p.missing_ref is null then 'Trust alone' else 'both' end as recorded_by
from spells as s
left join (select distinct missing_ref from pairs) as p using (missing_ref)
where in_the_year(s.started_at::date) and s.is_areas_child
union all
select r.person_id, 'police alone'
from reports as r
anti join pairs as p using (report_ref)
where in_the_year(r.reported_at::date)
