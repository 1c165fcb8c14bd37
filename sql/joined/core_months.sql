-- one row per month end of the four years up to the as-at date
select last_day(month::date) as month_end
from generate_series(date_trunc('month', as_at()) - interval 48 month, date_trunc('month', as_at()), interval 1 month) as months (month)
where last_day(month::date) <= as_at()
order by month_end desc
limit 48
