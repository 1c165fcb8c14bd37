-- one row per child at risk and dimension, with the child's group in it
with described as (
    select
        person_id, risk_level, sex, ethnicity, plan, age_band(age) as age_band,
        case when residence = 'outside Birmingham' then residence else coalesce(locality, 'not known') end as locality
    from core_cohort
)

unpivot described on risk_level, age_band, sex, ethnicity, plan, locality into name group_type value "group"
