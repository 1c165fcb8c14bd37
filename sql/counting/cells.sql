-- one row per figure, day and cell: how many are counted, the distinct children behind them, and how many are of the two with most
select
    figure, day, group_type, "group", group2_type, group2, group3_type, group3,
    sum(times) as numerator,
    count(*) as contributors,
    list_sum(list_slice(list_reverse_sort(list(times)), 1, 2)) as top_two
from (
    select figure, day, group_type, "group", group2_type, group2, group3_type, group3, person_id, sum(times) as times
    from memberships
    group by all
)
group by all
