-- one row per day before the as-at date, and why the children at risk on it are told: month ends, a year before, published dates
select 'month ends' as kind, month_end as day from core_months where month_end < as_at()
union all
select 'a year before', a_year_before(as_at())
union all
select distinct 'published dates', as_at from ref_published where as_at < as_at()
