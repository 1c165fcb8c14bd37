-- one row per child referred to the hub for criminal exploitation by the as-at date, with the day of the first referral in the data
select person_id, min(referral_date) as referral_date
from core_hub_episodes
where is_cce and referral_date <= as_at()
group by person_id
