-- one row per sex of the children at risk, and the rate of residents aged 10–17
with counts as (
    select g.group_type, g."group", those(c.person_id) as members
    from ref_groups as g left join core_cohort as c on c.sex = g."group"
    where g.group_type = 'sex'
    group by g.group_type, g."group"
),

known as (
    select count(*) as children from core_cohort where sex <> 'U'
),

residents as (
    select
        p.sex, p.persons, denominator_note(p.quality, p.source, 'ONS mid-year estimates by sex are needed') as note,
        (select those(c.person_id) from core_cohort as c where c.sex = p.sex and c.residence = 'Birmingham' and c.age between 10 and 17) as members
    from core_residents as p
    where p.area_code = birmingham() and p.sex <> '' and p.ethnicity = ''
)

select
    'at_risk' as figure, 'children' as unit, c.group_type, c."group", c.members,
    case when c."group" <> 'U' then known.children end as denominator,
    'at_risk' as whole, 'sex=U' as less,
    case when c."group" = 'U' then ['count'] else ['count', 'percent'] end as measures,
    ['trust'] as needs, null::varchar as note
from counts as c, known
union all by name
select
    'at_risk_residents_10_17' as figure, 'children' as unit, 'sex' as group_type, sex as "group", members, persons::bigint as denominator,
    measures, ['trust'] as needs, case when measures = ['rate'] then note end as note
from residents, (values (['count']), (['rate'])) as m(measures)
