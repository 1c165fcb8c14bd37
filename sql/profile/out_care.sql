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
)

select
    'at_risk' as figure, 'children' as unit, s.group_type, s."group", s.members,
    (select count(*) from core_cohort) as denominator, 'at_risk' as whole,
    ['count', 'percent'] as measures, ['trust'] as needs
from (select * from states union all select * from any_of) as s
