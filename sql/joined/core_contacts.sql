-- one row per contact with a health service by the as-at date, with the child and the kind of reason
select
    l.person_id,
    h.contact_ref,
    h.service,
    h.contact_date,
    case
        when h.reason in ('assault_blunt', 'assault_other') then 'assault, other'
        when h.reason in ('self_harm', 'overdose') then 'self-harm or overdose'
        when h.reason = 'assault_sharp' then 'assault, sharp'
        when h.reason in ('mental_health', 'neurodevelopmental', 'exploitation_concern') then replace(h.reason, '_', ' ')
        else 'other'
    end as reason,
    h.accepted,
    -- Seen after the day: still waiting on it.
    case when h.first_seen_date <= as_at() then h.first_seen_date end as first_seen_date
from stg_health__contacts as h
join core_people as l using (supplier, person_ref)
where h.contact_date <= as_at() and is_child_on(l.turns_18_on, h.contact_date)
