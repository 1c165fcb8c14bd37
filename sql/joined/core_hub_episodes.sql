-- one row per referral to the exploitation hub, with the child it concerns
select
    l.person_id,
    e.episode_ref,
    e.referral_date,
    e.source as referral_source,
    list_contains(e.exploitation_types, 'CCE') as is_cce,
    list_contains(e.exploitation_types, 'CSE') as is_cse,
    e.cce_forms,
    -- A decision after the day is not yet made on it.
    case when e.decision_date > as_at() then 'pending' else e.decision end as decision,
    e.decision_date,
    e.closure_reason,
    e.transferred_to_adult_service = 'Y' as is_transferred,
    -- A decision dated after the opening does not delay it: the case was worked on from the opening.
    case when e.decision = 'accepted' then coalesce(e.opened_date, e.decision_date) end as open_from,
    e.closed_date as open_to
from stg_trust__hub_episodes as e
join core_people as l using (supplier, person_ref)
where is_child_on(l.turns_18_on, e.referral_date)
