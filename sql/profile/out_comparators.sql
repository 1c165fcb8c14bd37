-- one row per published year and area: assessment episodes with child criminal exploitation as a factor, of episodes with any factor
with years as (
    select
        *, year_ending::date as ends, (year_ending::date - interval 1 year)::date + 1 as starts,
        10000.0 * episodes / episodes_with_factors as per_10000
    from ref_factor_24a
    where year_ending::date <= as_at()
),

-- Zero in every case is a gap in recording, not a number.
neighbours as (
    select starts, ends, count(*) as reporting, min(per_10000) as lowest, median(per_10000) as middle, max(per_10000) as highest
    from years
    where compared = 'neighbour' and not is_gap
    group by starts, ends
),

spread as (
    select starts, ends, reporting, unnest(['lowest', 'middle', 'highest']) as spread, unnest([lowest, middle, highest]) as per_10000
    from neighbours
)

select
    'factor_24a' as figure, compared, episodes as number, episodes_with_factors as "of", starts as period_start, ends as period_end,
    'DfE, children in need, table C3: episodes, not children' as note
from years
where compared in ('area', 'England')
union all by name
select
    -- To two figures, as the rates beside it.
    'factor_24a_neighbours' as figure, spread, round(per_10000 / 10) * 10 as average, reporting as children, starts as period_start,
    ends as period_end, 'of ' || reporting || ' of ten neighbours that recorded any' as note
from spread
