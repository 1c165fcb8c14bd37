-- one row per day before the as-at date on which something is counted, and why: month ends, the same day of each of three years before, the day of
-- the edition before this one, days of which others published numbers
select 'month ends' as kind, month_end as day from core_months where month_end < as_at()
union all
select 'years before', months_before(12 * years) from (select unnest([1, 2, 3]) as years)
union all
select 'last edition', max(as_at) from ref_editions where as_at < as_at() having max(as_at) is not null
union all
select distinct 'published dates', as_at from ref_published where as_at < as_at()
