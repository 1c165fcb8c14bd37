-- one row per ward and thing counted: children with indicators and those referred in 36 months, by home; involvements of 12 and found children of 24 months, by place
with places as (
    select ward_code as ward from ref_wards
    union all select "group" from ref_groups where group_type = 'ward' and "group" <> 'under 10'
),

stages as (
    select s.person_id, s.is_referred, coalesce(h.ward, 'not known') as ward
    from core_stages as s left join core_homes_now as h using (person_id)
),

counts as (
    select 'indicated_36_months' as figure, 'children' as unit, p.ward, those(s.person_id) as members
    from places as p left join stages as s using (ward) group by p.ward
    union all
    select 'referred_36_months', 'children', p.ward, those(s.person_id)
    from places as p left join stages as s on s.ward = p.ward and s.is_referred group by p.ward
    union all
    select 'involvements', 'involvements', p.ward, those(i.person_id)
    from places as p left join core_incident_places as i using (ward) group by p.ward
    union all
    select 'found_reports', 'reports', p.ward, those(f.person_id)
    from places as p left join core_found_places as f using (ward) group by p.ward
)

select
    c.figure, c.unit, 'ward' as group_type, c.ward as "group", c.members, w.ward_code as area_code,
    case when c.figure = 'referred_36_months' and w.ward_code is not null then 'indicated_36_months:ward=' || c.ward else '' end as whole,
    case when c.figure = 'referred_36_months' and w.ward_code is not null then 'total' else '' end as against,
    case when c.figure = 'referred_36_months' and w.ward_code is not null then ['count', 'percent', 'expected'] else ['count'] end as measures,
    case c.figure
        when 'indicated_36_months' then ['police', 'trust', 'education', 'health']
        when 'referred_36_months' then ['police', 'trust', 'education', 'health', 'trust__hub_episodes']
        -- Without the kind of place, what happens in children's homes could not be counted apart.
        when 'involvements' then ['trust', 'police__involvements', 'police__involvements.location_type']
        else ['trust', 'police__missing_reports']
    end as needs,
    months_before(case when c.unit = 'children' then 36 when c.unit = 'reports' then 24 else 12 end) + 1 as period_start,
    as_at() as period_end
from counts as c left join ref_wards as w on w.ward_code = c.ward
union all by name
select
    'found_reports' as figure, 'reports' as unit, 'all' as group_type, 'all' as "group", those(person_id) as members, ['count'] as measures,
    ['trust', 'police__missing_reports'] as needs, months_before(24) + 1 as period_start, as_at() as period_end
from core_found_places
union all by name
select
    'harm_without_weight' as figure, 'involvements' as unit, 'all' as group_type, 'all' as "group", those(person_id) as members, ['count'] as measures,
    ['police__involvements'] as needs, a_year_before(as_at()) + 1 as period_start, as_at() as period_end,
    (select any_value(source) || ', version ' || any_value(version) from ref_harm_weights) as note
from core_incident_places
where role in ('victim', 'suspect') and weight is null
