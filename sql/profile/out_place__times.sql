-- one row per weekday and hour, weekday and three hours, weekday, and hour of the parts that children had in crimes and incidents of 12 months
with of_year as (
    select
        person_id, weekday::varchar as weekday, coalesce(occurred_hour::varchar, 'not known') as hour,
        (occurred_hour // 3 * 3)::varchar || '-' || (occurred_hour // 3 * 3 + 2)::varchar as hour_band
    from core_incident_places
),

counts as (
    select 'all' as group_type, 'all' as "group", '' as group2_type, '' as group2, those(person_id) as members from of_year
    union all
    select g.group_type, g."group", '', '', those(i.person_id)
    from ref_groups as g left join of_year as i on case g.group_type when 'weekday' then i.weekday else i.hour end = g."group"
    where g.group_type in ('weekday', 'hour')
    group by all
    union all
    select h.group_type, h."group", d.group_type, d."group", those(i.person_id)
    from ref_groups as h
    cross join ref_groups as d
    left join of_year as i on i.weekday = d."group" and case h.group_type when 'hour' then i.hour else i.hour_band end = h."group"
    where h.group_type in ('hour', 'hour_band') and not h.is_residual and d.group_type = 'weekday'
    group by all
)

select
    'incident_times' as figure, 'involvements' as unit, *, ['count'] as measures,
    ['police__involvements', 'police__involvements.occurred_hour'] as needs, a_year_before(as_at()) + 1 as period_start, as_at() as period_end
from counts
