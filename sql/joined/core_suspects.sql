-- one row per child suspected of a crime in the 36 months that ended half a year before the as-at date: arrested, charged, of what, and referred to the hub or not
-- Half a year has passed for all, so that a charge has had time to come.
with suspected as (
    select
        person_id,
        bool_or(arrested_on <= months_before(6)) as is_arrested,
        bool_or(arrested_on <= months_before(6) and charged_on is not null) as is_charged,
        bool_or(offence_group in ('drug supply', 'weapons')) as is_drugs_or_weapons,
        bool_or(offence_group in ('drug supply', 'weapons') and arrested_on <= months_before(6)) as is_arrested_for_these
    from core_involvements
    where role = 'suspect' and occurred_on > months_before(42) and occurred_on <= months_before(6)
    group by person_id
)

select
    s.*, boys_or_not(c.sex) as sex, coalesce(c.ethnicity, 'Not known') as ethnicity,
    exists (select 1 from core_hub_firsts as h where h.person_id = s.person_id) as is_referred
from suspected as s join core_children as c using (person_id)
