-- one row per stage and ethnic group, sex, or both: children who reached it in 36 months, against the stage before, and against White children or boys
with stages as (
    select 'indicated_36_months' as figure, '' as whole, person_id, sex, ethnicity from core_stages
    union all select 'referred_36_months', 'indicated_36_months', person_id, sex, ethnicity from core_stages where is_referred
    union all select 'assessed_36_months', 'referred_36_months', person_id, sex, ethnicity from core_stages where is_assessed
    union all select 'high_36_months', 'assessed_36_months', person_id, sex, ethnicity from core_stages where is_high
    union all select 'arrested_36_months', '', person_id, sex, ethnicity from core_suspects where is_arrested
    union all select 'charged_36_months', 'arrested_36_months', person_id, sex, ethnicity from core_suspects where is_charged
    union all select 'drugs_or_weapons', '', person_id, sex, ethnicity from core_suspects where is_drugs_or_weapons
    union all select 'drugs_or_weapons_referred', 'drugs_or_weapons', person_id, sex, ethnicity from core_suspects where is_drugs_or_weapons and is_referred
    union all
    select 'drugs_or_weapons_arrested', 'drugs_or_weapons', person_id, sex, ethnicity from core_suspects where is_arrested_for_these and not is_referred
),

figures as (
    select * from (values
        ('indicated_36_months', '', true), ('referred_36_months', 'indicated_36_months', true), ('assessed_36_months', 'referred_36_months', false), ('high_36_months', 'assessed_36_months', false),
        ('arrested_36_months', '', false), ('charged_36_months', 'arrested_36_months', false),
        ('drugs_or_weapons', '', false), ('drugs_or_weapons_referred', 'drugs_or_weapons', false), ('drugs_or_weapons_arrested', 'drugs_or_weapons', false)
    ) as t(figure, whole, is_crossed)
),

counts as (
    select f.figure, f.whole, '' as against, 'all' as group_type, 'all' as "group", '' as group2_type, '' as group2, those(s.person_id) as members, false as is_residual
    from figures as f left join stages as s using (figure) group by all
    union all
    select f.figure, f.whole || ':' || g.group_type || '=' || g."group", case g.group_type when 'sex' then 'sex=M' else 'ethnicity=White' end, g.group_type, g."group", '', '', those(s.person_id), g.is_residual
    from figures as f
    cross join ref_groups as g
    left join stages as s on s.figure = f.figure and case g.group_type when 'sex' then s.sex else s.ethnicity end = g."group"
    where g.group_type in ('sex', 'ethnicity') and not g.is_check_only
    group by all
    union all
    select
        f.figure, f.whole || ':ethnicity=' || e."group" || ',sex=' || g."group", 'ethnicity=White,sex=M', e.group_type, e."group", g.group_type, g."group",
        those(s.person_id), e.is_residual or g.is_residual
    from figures as f
    join ref_groups as e on e.group_type = 'ethnicity' and not e.is_check_only
    join ref_groups as g on g.group_type = 'sex'
    left join stages as s on s.figure = f.figure and s.ethnicity = e."group" and s.sex = g."group"
    where f.is_crossed
    group by all
),

periods as (
    select figure, case when figure like '%_36_months' and figure not like 'arrested%' and figure not like 'charged%' then 36 else 42 end as months from figures
)

select
    c.figure, 'children' as unit, c.group_type, c."group", c.group2_type, c.group2, c.members,
    case when starts_with(c.whole, ':') or is_residual then '' else c.whole end as whole,
    case when starts_with(c.whole, ':') or c.whole = '' or is_residual then '' else c.against end as against,
    case
        when starts_with(c.whole, ':') or c.whole = '' or is_residual then ['count']
        when c.group_type = 'all' then ['count', 'percent']
        when c.against = c.group_type || '=' || c."group" or (c.group2_type <> '' and c.against = 'ethnicity=' || c."group" || ',sex=' || c.group2) then ['count', 'percent']
        else ['count', 'percent', 'ratio', 'gap']
    end as measures,
    case
        when c.figure like 'arrested%' or c.figure like 'charged%' then ['police__involvements']
        when c.figure like 'drugs%' then ['police__involvements', 'trust']
        when c.figure = 'indicated_36_months' then ['police', 'trust', 'education', 'health']
        else ['police', 'trust', 'education', 'health', 'trust__hub_episodes']
    end as needs,
    months_before(p.months) + 1 as period_start, as_at() as period_end
from counts as c join periods as p using (figure)
