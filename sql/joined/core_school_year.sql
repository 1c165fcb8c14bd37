-- one row per as-at date: the school year it lies in, and the terms that are over; before the first is, those of the year before
with years as (
    select make_date(case when month(as_at()) >= 9 then year(as_at()) else year(as_at()) - 1 end, 9, 1) as starts
),

terms as (
    select
        y.starts, make_date(year(s.first_day), 9, 1) as of_year, s.first_day, t.term, t.ends_after_months,
        (s.first_day + to_months(t.ends_after_months) - interval 1 day)::date as ends
    from years as y
    -- Autumn to December, spring to April, summer to August.
    cross join (values ('autumn', 4), ('spring', 8), ('summer', 12)) as t(term, ends_after_months)
    cross join lateral (select unnest([y.starts, (y.starts - interval 1 year)::date]) as first_day) as s
)

select
    any_value(starts) as starts,
    max(of_year) filter (ends <= as_at()) as attendance_starts,
    max(ends) filter (ends <= as_at()) as attendance_ends
from terms
