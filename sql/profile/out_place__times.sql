-- one row per part that a child had in a crime or incident of 12 months, with its weekday and hour
select
    'incident_times' as figure, person_id, weekday::varchar as weekday, coalesce(occurred_hour::varchar, 'not known') as hour,
    (occurred_hour // 3 * 3)::varchar || '-' || (occurred_hour // 3 * 3 + 2)::varchar as hour_band
from core_incident_places
