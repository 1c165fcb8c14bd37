-- one row per cell of the tables that cross two or three dimensions of the children at risk, with the children in it
with tables (dim, dim2, dim3) as (
    values
        ('sex', 'risk_level', ''), ('sex', 'age_band', 'risk_level'),
        ('age_band', 'risk_level', ''), ('age_band', 'sex', ''),
        ('ethnicity', 'sex', ''), ('ethnicity', 'risk_level', ''),
        ('plan', 'risk_level', ''),
        ('locality', 'risk_level', ''), ('locality', 'sex', ''), ('locality', 'age_band', ''), ('locality', 'plan', '')
),

groups as (
    select group_type, "group" from ref_groups where not is_check_only and not is_sum
    union all select '', ''
),

cells as (
    select
        t.dim as group_type, a."group" as "group", t.dim2 as group2_type, b."group" as group2, t.dim3 as group3_type, c."group" as group3
    from tables as t
    join groups as a on a.group_type = t.dim
    join groups as b on b.group_type = t.dim2
    join groups as c on c.group_type = t.dim3
),

children as (
    select person_id, group_type, "group" from core_cohort_groups
    union all select distinct person_id, '', '' from core_cohort_groups
),

held as (
    select
        t.dim as group_type, a."group" as "group", t.dim2 as group2_type, b."group" as group2, t.dim3 as group3_type, c."group" as group3,
        a.person_id
    from tables as t
    join children as a on a.group_type = t.dim
    join children as b on b.group_type = t.dim2 and b.person_id = a.person_id
    join children as c on c.group_type = t.dim3 and c.person_id = a.person_id
)

select group_type, "group", group2_type, group2, group3_type, group3, those(person_id) as members
from cells left join held using (group_type, "group", group2_type, group2, group3_type, group3)
group by all
