-- one row per age band and level of risk, and per age band and sex, of the children at risk
select 'at_risk' as figure, 'children' as unit, *, ['count'] as measures, ['trust'] as needs
from core_cohort_crossed
where group_type = 'age_band'
