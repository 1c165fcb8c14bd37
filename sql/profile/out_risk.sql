-- one row per level of risk of the children at risk
select
    'at_risk' as figure,
    'children' as unit,
    g.group_type,
    g."group",
    those(c.person_id) as members,
    (select count(*) from core_cohort) as denominator,
    'at_risk' as whole,
    ['count', 'percent'] as measures,
    ['trust'] as needs
from ref_groups as g
left join core_cohort as c on c.risk_level = g."group"
where g.group_type = 'risk_level'
group by g.group_type, g."group"
