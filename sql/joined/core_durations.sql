-- one row per time from one event to another that may not have come yet: what it is of, days, and whether the second event came
select
    'wait to first seen' as what, 'mental_service' as group_type, service as "group", person_id,
    date_diff('day', contact_date, coalesce(first_seen_date, as_at())) as days,
    first_seen_date is not null as is_over
from core_contacts
where service in ('camhs', 'neurodevelopmental') and accepted = 'Y' and contact_date > (as_at() - interval 36 month)::date
