-- one row per child with sessions in the terms of the school year that are over: its own possible sessions and those it missed
with terms as (
    select
        l.person_id, a.sessions_possible, a.sessions_missed,
        make_date(left(a.term, 4)::integer, 9, 1) as of_year,
        case right(a.term, 6) when 'autumn' then 4 when 'spring' then 8 else 12 end as ends_after_months
    from stg_education__attendance as a
    join core_links as l using (supplier, person_ref)
)

select t.person_id, sum(t.sessions_possible) as possible, sum(t.sessions_missed) as missed
from terms as t, core_school_year as y
where t.of_year = y.attendance_starts and (t.of_year + to_months(t.ends_after_months) - interval 1 day)::date <= y.attendance_ends
group by t.person_id
having sum(t.sessions_possible) > 0
