-- one row per period that figures are counted over, by the name that the register gives it
select 'day' as period, as_at() as starts, as_at() as ends
union all
select months || ' months', months_before(months) + 1, as_at() from (select unnest([12, 24, 36, 42, 48, 60]) as months)
union all
-- Chances need 90 days after them.
select '12 months and 90 days', months_before(12) - 89, as_at()
union all
select 'school year', starts, as_at() from core_school_year
union all
select 'terms that are over', attendance_starts, as_at() from core_school_year
