-- one row per linkage key that joined less than it could have, for what it would have joined contradicts itself
select
    s.linkage_key, any_value(s.strength) as strength, any_value(s.holders) as holders, count(distinct l.person_id) as children
from core_shared_keys as s join core_links as l using (source_person_id)
group by s.linkage_key
having count(distinct l.person_id) > 1
