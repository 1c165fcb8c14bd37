-- one row per youth-justice disposal begun in the 12 months, or child behind one, counted in a figure
with of_year as (
    select
        l.person_id, y.first_time_entrant = 'Y' as is_first,
        case when y.disposal in ('custody', 'remand') then 'custody or remand' else y.disposal end as disposal,
        -- Before the first disposal of the year: a later one is no news of him.
        coalesce(h.referral_date < min(y.start_date) over (partition by l.person_id), false) as is_hub_before
    from stg_trust__youth_justice as y
    join core_people as l using (supplier, person_ref)
    left join core_hub_firsts as h on h.person_id = l.person_id
    where in_the_year(y.start_date) and is_child_on(l.turns_18_on, y.start_date)
)

select 'disposals' as figure, person_id, disposal from of_year
union all by name
select 'youth_justice_children' as figure, person_id from of_year
union all by name
select 'youth_justice_known' as figure, person_id from of_year where is_hub_before
union all by name
select 'first_time_entrants' as figure, person_id from of_year where is_first
union all by name
select 'first_time_known' as figure, person_id from of_year where is_first and is_hub_before
