-- one row per record and linkage key that another record holds too; strength 1 is the strongest kind of key
with holdings as (
    select source_person_id, 1 as strength, 'nhs' || key_nhs as linkage_key from core_source_people where key_nhs is not null
    union all select source_person_id, 2, 'upn' || key_upn from core_source_people where key_upn is not null
    union all select source_person_id, 3, 'dob' || key_name_dob from core_source_people where key_name_dob is not null
    union all select source_person_id, 4, 'pc' || key_name_postcode from core_source_people where key_name_postcode is not null
)

-- A key that one record alone holds joins nothing.
select source_person_id, strength, linkage_key, count(*) over (partition by linkage_key) as holders
from holdings
qualify holders > 1
