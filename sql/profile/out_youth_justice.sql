-- one row per figure of youth-justice disposals begun in the 12 months, first-time entrants, and whom the hub knew before
with of_year as (
    select
        l.person_id, y.disposal, y.first_time_entrant = 'Y' as is_first, y.start_date,
        coalesce(h.referral_date < y.start_date, false) as is_hub_before
    from stg_trust__youth_justice as y
    join core_links as l using (supplier, person_ref)
    left join core_hub_firsts as h on h.person_id = l.person_id
    where in_the_year(y.start_date)
),

counts as (
    select 'disposals' as figure, 'disposals' as unit, 'all' as group_type, 'all' as "group", those(person_id) as members, '' as whole from of_year
    union all
    select 'disposals', 'disposals', g.group_type, g."group", those(y.person_id), 'disposals'
    from ref_groups as g left join of_year as y on y.disposal = g."group" or (g."group" = 'custody or remand' and y.disposal in ('custody', 'remand'))
    where g.group_type = 'disposal' group by all
    union all
    select 'youth_justice_children', 'children', 'all', 'all', distinct_of(person_id), '' from of_year
    union all
    select 'youth_justice_known', 'children', 'all', 'all', distinct_of(person_id), 'youth_justice_children' from of_year where is_hub_before
    union all
    select 'first_time_entrants', 'children', 'all', 'all', distinct_of(person_id), '' from of_year where is_first
    union all
    select 'first_time_known', 'children', 'all', 'all', distinct_of(person_id), 'first_time_entrants' from of_year where is_first and is_hub_before
)

select
    *, case when whole = '' then ['count'] else ['count', 'percent'] end as measures,
    case when figure like '%known' then ['trust__youth_justice', 'trust__hub_episodes'] else ['trust__youth_justice'] end as needs,
    a_year_before(as_at()) + 1 as period_start, as_at() as period_end
from counts
