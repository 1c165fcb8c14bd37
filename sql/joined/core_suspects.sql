-- one row per child suspected of a crime, or arrested for one, in the 36 months that ended half a year before the as-at date: arrested, charged, of what, and referred to the hub or not
-- Half a year has passed for all, so that a charge has had time to come.
-- An arrest counts by its own date: that of a crime of the year before may lie in the period.
with involved as (
    select
        *,
        occurred_on > months_before(42) as is_recent,
        coalesce(arrested_on > months_before(42) and arrested_on <= months_before(6), false) as is_arrest,
        offence_group in ('drug supply', 'weapons') as is_of_these
    from core_involvements
    where role = 'suspect' and occurred_on <= months_before(6)
),

suspected as (
    select
        person_id,
        bool_or(is_arrest) as is_arrested,
        bool_or(is_arrest and charged_on is not null) as is_charged,
        bool_or(is_recent and is_of_these) as is_drugs_or_weapons,
        bool_or(is_recent and is_of_these and is_arrest) as is_arrested_for_these
    from involved
    where is_recent or is_arrest
    group by person_id
)

select
    s.*, boys_or_not(c.sex) as sex, coalesce(c.ethnicity, 'Not known') as ethnicity,
    exists (select 1 from core_hub_firsts as h where h.person_id = s.person_id) as is_referred
from suspected as s join core_children as c using (person_id)
