-- one row per child at risk in care, with its placement and where that is
select 'at_risk_in_care' as figure, person_id, placement, placed_where
from core_cohort
where plan = 'CLA'
