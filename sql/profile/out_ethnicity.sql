-- one row per ethnic group of the resident population of all ages
select
    'residents_all_ages' as figure, ethnicity, persons_all_ages as number, sum(persons_all_ages) over () as "of",
    'all ages, Census 2021: context, not a denominator' as note, date '2021-03-21' as period_start, date '2021-03-21' as period_end
from ref_ethnic_population
