-- one row per child at risk on an earlier day, with its level of risk then
select 'at_risk' as figure, d.day, p.person_id, level_name(p.level) as risk_level
from (select distinct day from core_earlier_days) as d
join core_hub_periods as p on p.is_at_risk and in_force(p.from_date, p.to_date, d.day)
