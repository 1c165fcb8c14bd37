-- one row per child and stage that it reached, with sex, ethnic group and, for the first two, the ward of its home
with stages as (
    select s.*, coalesce(h.ward, 'not known') as ward from core_stages as s left join core_homes_now as h using (person_id)
)

select 'indicated_36_months' as figure, person_id, sex, ethnicity, ward from stages
union all by name
select 'referred_36_months' as figure, person_id, sex, ethnicity, ward from stages where is_referred
union all by name
select 'assessed_36_months' as figure, person_id, sex, ethnicity from stages where is_assessed
union all by name
select 'high_36_months' as figure, person_id, sex, ethnicity from stages where is_high
union all by name
select 'arrested_36_months' as figure, person_id, sex, ethnicity from core_suspects where is_arrested
union all by name
select 'charged_36_months' as figure, person_id, sex, ethnicity from core_suspects where is_charged
union all by name
select 'drugs_or_weapons' as figure, person_id, sex, ethnicity from core_suspects where is_drugs_or_weapons
union all by name
select 'drugs_or_weapons_referred' as figure, person_id, sex, ethnicity from core_suspects where is_drugs_or_weapons and is_referred
union all by name
select 'drugs_or_weapons_arrested' as figure, person_id, sex, ethnicity
from core_suspects
where is_arrested_for_these and not is_referred
