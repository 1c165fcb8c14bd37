-- one row per kind of duration and quartile: the day by which the second event had come for a quarter, half and three quarters, by Kaplan and Meier (1958)
-- A time that is not over is in the count until its last day; where the curve does not fall so far, the day is blank.
with days as (
    select what, group_type, "group", days, count(*) as leaving, count(*) filter (is_over) as events
    from core_durations
    group by all
),

at_risk as (
    select *, sum(leaving) over (partition by what, group_type, "group" order by days desc) as still_there
    from days
),

curve as (
    select *, product(1 - events / still_there) over (partition by what, group_type, "group" order by days) as survival
    from at_risk
),

quartiles as (
    select unnest(['25', '50', '75']) as quartile
)

select
    what, group_type, "group", quartile,
    -- Half is half, whatever the last digit of a product says.
    min(days) filter (survival <= 1 - quartile::integer / 100 + 1e-9) as days,
    -- How many children carry the quartile: at the end of a curve a single one could move it.
    least(any_value(n.children), coalesce(max_by(still_there, survival) filter (survival <= 1 - quartile::integer / 100 + 1e-9), any_value(n.children))) as children
from curve
cross join quartiles
join (select what, group_type, "group", count(distinct person_id) as children from core_durations group by all) as n using (what, group_type, "group")
group by all
