-- one row per plan status of the children at risk: one state each, and beside it any spell of each kind
with states as (
    select
        g.group_type, g."group",
        those(c.person_id) as members
    from ref_groups as g
    left join core_cohort as c
        on c.plan = g."group"
        or (g."group" = 'CP or CIN' and c.plan in ('CP', 'CIN'))
        or (g."group" = 'CP or CIN or CLA' and c.plan in ('CP', 'CIN', 'CLA'))
    where g.group_type = 'plan'
    group by g.group_type, g."group"
),

any_of as (
    select
        g.group_type, g."group",
        those(c.person_id) as members
    from ref_groups as g
    left join core_cohort as c
        on (g."group" = 'CLA' and c.has_cla) or (g."group" = 'CP' and c.has_cp) or (g."group" = 'CIN' and c.has_cin)
    where g.group_type = 'plan_any'
    group by g.group_type, g."group"
),

in_care as (
    select 'placement' as group_type, placement as "group", person_id from core_cohort where plan = 'CLA'
    union all select 'placed_where', placed_where, person_id from core_cohort where plan = 'CLA'
)

select
    'at_risk' as figure, 'children' as unit, s.group_type, s."group", s.members,
    (select count(*) from core_cohort) as denominator, 'at_risk' as whole,
    ['count', 'percent'] as measures, ['trust'] as needs
from (select * from states union all select * from any_of) as s
union all by name
select
    'at_risk_in_care' as figure, 'children' as unit, g.group_type, g."group", those(c.person_id) as members,
    'at_risk:plan=CLA' as whole, ['count', 'percent'] as measures, ['trust', 'trust__plans'] as needs
from ref_groups as g left join in_care as c using (group_type, "group")
where g.group_type in ('placement', 'placed_where')
group by g.group_type, g."group"
