-- one row per cell of the tables of the children at risk that cross ethnic group with sex, and with level of risk
select 'at_risk' as figure, 'children' as unit, *, ['count'] as measures, ['trust'] as needs
from core_cohort_crossed
where group_type = 'ethnicity'
