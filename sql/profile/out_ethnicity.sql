-- one row per ethnic group of the children at risk, the resident population beside them, and rates, which are refused
with counts as (
    select
        g.group_type, g."group",
        those(c.person_id) as members
    from ref_groups as g
    left join core_cohort as c
        on c.ethnicity = g."group" or (g."group" = 'all groups other than White' and c.ethnicity not in ('White', 'Not known'))
    where g.group_type = 'ethnicity'
    group by g.group_type, g."group"
),

known as (
    select count(*) as children from core_cohort where ethnicity <> 'Not known'
),

residents as (
    select ethnicity, persons_all_ages, sum(persons_all_ages) over () as everyone from ref_ethnic_population
)

select
    'at_risk' as figure, 'children' as unit, c.group_type, c."group", c.members,
    case when c."group" <> 'Not known' then known.children end as denominator,
    'at_risk' as whole, 'ethnicity=Not known' as less,
    case when c."group" = 'Not known' then ['count'] else ['count', 'percent'] end as measures,
    ['trust'] as needs, null::varchar as note, null::varchar as area_code
from counts as c, known
union all by name
select
    'residents_all_ages' as figure, 'residents' as unit, 'ethnicity' as group_type, ethnicity as "group",
    persons_all_ages as numerator, everyone::bigint as denominator, ['count', 'percent'] as measures, []::varchar[] as needs,
    'all ages, Census 2021: context, not a denominator' as note, date '2021-03-21' as period_start, date '2021-03-21' as period_end
from residents
union all by name
select
    'at_risk_residents_10_17' as figure, 'children' as unit, 'ethnicity' as group_type, p.ethnicity as "group",
    (select those(c.person_id) from core_cohort as c where c.ethnicity = p.ethnicity and c.residence = 'Birmingham' and c.age between 10 and 17) as members,
    p.persons as denominator, measures, ['trust'] as needs,
    case when measures = ['rate'] then denominator_note(p.quality, p.source, 'ONS RM032, ethnic group by age and sex, is needed') end as note
from core_residents as p, (values (['count']), (['rate'])) as m(measures)
where p.area_code = birmingham() and p.ethnicity <> '' and p.sex = '' and (measures = ['rate'] or p.quality <> 'indicative')
