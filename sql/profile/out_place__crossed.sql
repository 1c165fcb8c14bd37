-- one row per cell of the tables of the children at risk that cross locality of home with level of risk, sex, age band and plan
select 'at_risk' as figure, 'children' as unit, *, ['count'] as measures, ['trust'] as needs
from core_cohort_crossed
where group_type = 'locality'
