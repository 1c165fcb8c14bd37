-- one row per child's part in a crime or incident of the 12 months to the as-at date, with the place it is counted in, weekday and hour
select * exclude (occurred_on) from core_involvement_places where in_the_year(occurred_on)
