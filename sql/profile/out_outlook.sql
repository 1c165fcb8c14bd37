-- one row per middle of a year up to the as-at date: residents under 18, as they were published
select 'child_population' as figure, persons as number, as_of as period_start, as_of as period_end, source as note
from ref_child_population
where as_of <= as_at()
