-- one row per child first at risk in a year and number of months that it is followed for: the day it was first at risk, and the last it is followed to
-- Who turns 18 on the way cannot be followed and is left out from the start, whatever becomes of them: the same for every child of a year.
select h.months, s.person_id, s.start_date as first_day, (s.start_date + to_months(h.months))::date as last_day
from (select unnest([12, 24, 48]) as months) as h
join core_at_risk_spells as s
    on s.spell_number = 1 and s.start_date > months_before(h.months + 12) and s.start_date <= months_before(h.months)
join core_children as c using (person_id)
where c.birth_month is null or turns_18_on(c.birth_month) > (s.start_date + to_months(h.months))::date
