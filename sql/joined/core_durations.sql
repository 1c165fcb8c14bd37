-- one row per time from one event to another that may not have come yet: what it is of, days, and whether the second event came
select
    'wait to first seen' as what, 'mental_service' as group_type, service as "group", person_id,
    date_diff('day', contact_date, coalesce(first_seen_date, as_at())) as days,
    first_seen_date is not null as is_over
from core_contacts
where service in ('camhs', 'neurodevelopmental') and accepted = 'Y' and in_the_last(36, contact_date)
union all
select
    'time at level', 'risk_level', level_name(level), person_id,
    date_diff('day', from_date, coalesce(to_date, as_at())),
    to_date is not null
from core_level_runs
where in_the_last(36, from_date)
union all
-- An undecided referral, or one decided after the day, still waits on it.
select
    'time to decision', 'all', 'all', person_id,
    date_diff('day', referral_date, case when decision_date <= as_at() then decision_date else as_at() end),
    coalesce(decision_date <= as_at(), false)
from core_hub_episodes
where is_cce and in_the_year(referral_date)
