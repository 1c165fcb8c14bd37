-- one row per child that police, Trust or health identified by their own records in 12 months, with which of them did
select
    person_id,
    bool_or(agency = 'police') as police,
    bool_or(agency = 'trust') as trust,
    bool_or(agency = 'health') as health,
    coalesce(bool_or(agency = 'trust') filter (not is_referred), false) as trust_unreferred,
    count(*) as agencies,
    concat_ws(
        ' + ',
        case when bool_or(agency = 'police') then 'police' end,
        case when bool_or(agency = 'trust') then 'trust' end,
        case when bool_or(agency = 'health') then 'health' end
    ) as history
from core_sightings
group by person_id
