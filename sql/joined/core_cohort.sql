-- one row per child at risk on the as-at date
select * exclude (day) from core_cohort_days where day = as_at()
