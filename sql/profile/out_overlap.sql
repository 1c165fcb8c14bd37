-- one row per agency, combination and number of agencies that identified children by their own records in 12 months
with sightings as (
    select * from core_sightings where months = 12
),

histories as (
    select * from core_capture_histories where months = 12
),

cells as (
    select person_id, 'sighted_by' as group_type, agency as "group" from sightings
    union all
    select person_id, 'alone', history from histories where agencies = 1
    union all
    select person_id, 'sightings', agencies::varchar from histories
    union all
    select person_id, 'history', history from histories
    union all
    select a.person_id, 'pair', a.agency || ' + ' || b.agency
    from sightings as a join sightings as b using (person_id)
),

counts as (
    select g.group_type, g."group", those(c.person_id) as members
    from ref_groups as g left join cells as c using (group_type, "group")
    where g.group_type in ('sighted_by', 'alone', 'sightings', 'history', 'pair')
    group by g.group_type, g."group"
    union all
    select 'all', 'all', those(person_id) from histories
)

select
    'sighted' as figure, 'children' as unit, group_type, "group", members, ['count'] as measures,
    ['police__involvements', 'police__nrm_referrals', 'trust__assessment_factors', 'health__contacts'] as needs,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end
from counts
