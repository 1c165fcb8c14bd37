-- one row per child and agency that identified it by its own records in 12 months, with all that did
with sightings as (
    select * from core_sightings where months = 12
),

histories as (
    select * from core_capture_histories where months = 12
)

select
    'sighted' as figure, person_id, s.agency as sighted_by, h.history, h.agencies::varchar as sightings,
    case when h.agencies = 1 then h.history end as alone
from sightings as s join histories as h using (person_id)
union all by name
select 'sighted' as figure, person_id, a.agency || ' + ' || b.agency as pair
from sightings as a join sightings as b using (person_id)
-- In the order in which the register names them.
where a.agency || ' + ' || b.agency in (select "group" from ref_groups where group_type = 'pair')
