-- one row per record of a person at a source, with the child it was linked to and the day on which that child turns 18, where it is known
select l.supplier, l.person_ref, l.person_id, turns_18_on(c.birth_month) as turns_18_on
from core_links as l
join core_children as c using (person_id)
