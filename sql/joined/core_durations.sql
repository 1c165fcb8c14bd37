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
union all
-- From the first event of each kind to the first referral to the hub; it goes on until the day or the 18th birthday. Who was referred before is not in it.
select
    'time to the hub', 'first_event', f.kind, f.person_id,
    date_diff('day', f.day, least(coalesce(h.day, as_at()), as_at(), coalesce(turns_18_on(f.birth_month), as_at()))),
    coalesce(h.day <= coalesce(turns_18_on(f.birth_month), as_at()), false)
from core_first_events as f
left join core_first_events as h on h.person_id = f.person_id and h.kind = 'hub'
where f.kind <> 'hub' and in_the_last(36, f.day) and (h.day is null or h.day >= f.day)
    and (f.birth_month is null or f.day < turns_18_on(f.birth_month))
