-- one row per youth-justice disposal, or child behind one, counted in a figure
with disposals as (
    select
        l.person_id, y.start_date, y.first_time_entrant = 'Y' as is_first,
        case when y.disposal in ('custody', 'remand') then 'custody or remand' else y.disposal end as disposal
    from stg_trust__youth_justice as y
    join core_people as l using (supplier, person_ref)
    where is_child_on(l.turns_18_on, y.start_date)
),

-- Known before the first disposal of the year: a later one is no news of the child.
of_year as (
    select d.*, coalesce(h.referral_date < min(d.start_date) over (partition by d.person_id), false) as is_hub_before
    from disposals as d
    left join core_hub_firsts as h using (person_id)
    where in_the_year(d.start_date)
)

select 'disposals' as figure, person_id, disposal, start_date as happened_on from disposals
union all by name
select 'youth_justice_children' as figure, person_id, start_date as happened_on from disposals
union all by name
select 'youth_justice_known' as figure, person_id from of_year where is_hub_before
union all by name
select 'first_time_entrants' as figure, person_id, start_date as happened_on from disposals where is_first
union all by name
select 'first_time_known' as figure, person_id from of_year where is_first and is_hub_before
