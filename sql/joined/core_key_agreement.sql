-- one row per pair of agencies, and key or fact: of the linked pairs of records, how many agree, disagree, or lack it on a side
with facts as (
    unpivot core_linked_pairs
    on nhs_agrees, upn_agrees, name_dob_agrees, name_postcode_agrees, sex_agrees, birth_month_agrees, ethnicity_agrees
    into name fact value agrees
)

select
    all_pairs.agency_a, all_pairs.agency_b, kinds.fact,
    coalesce(f.agree, 0) as agree, coalesce(f.disagree, 0) as disagree,
    all_pairs.pairs - coalesce(f.agree, 0) - coalesce(f.disagree, 0) as one_lacks_it
from (select agency_a, agency_b, count(*) as pairs from core_linked_pairs group by all) as all_pairs
cross join (
    select unnest(['nhs_agrees', 'upn_agrees', 'name_dob_agrees', 'name_postcode_agrees', 'sex_agrees', 'birth_month_agrees', 'ethnicity_agrees']) as fact
) as kinds
left join (
    select agency_a, agency_b, fact, count(*) filter (agrees) as agree, count(*) filter (not agrees) as disagree
    from facts group by all
) as f on f.agency_a = all_pairs.agency_a and f.agency_b = all_pairs.agency_b and f.fact = kinds.fact
