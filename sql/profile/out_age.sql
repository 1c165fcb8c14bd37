-- one row per age and age band of the children at risk; children of unknown age are a row, not part of a denominator
with ages as (
    select person_id, age, age_band(age) as band from core_cohort
),

known as (
    select count(*) as children from ages where age is not null
),

bands as (
    select g.group_type, g."group", those(a.person_id) as members
    from ref_groups as g left join ages as a on a.band = g."group"
    where g.group_type = 'age_band'
    group by g.group_type, g."group"
),

years as (
    select
        g.group_type, g."group",
        those(a.person_id) as members
    from ref_groups as g
    left join ages as a on a.age::varchar = g."group" or (g."group" = '16-17' and a.age in (16, 17))
    where g.group_type = 'age'
    group by g.group_type, g."group"
)

select
    'at_risk' as figure,
    'children' as unit,
    b.group_type,
    b."group",
    b.members,
    case when b."group" <> 'not known' then known.children end as denominator,
    'at_risk' as whole,
    'age_band=not known' as less,
    case when b."group" = 'not known' then ['count'] else ['count', 'percent'] end as measures,
    ['trust'] as needs
from (select * from bands union all select * from years) as b, known
