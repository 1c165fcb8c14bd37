-- one row per child and length of period in which police, Trust or health identified it by their own records, with which of them did
select
    s.person_id,
    s.months,
    bool_or(s.agency = 'police') as police,
    bool_or(s.agency = 'trust') as trust,
    bool_or(s.agency = 'health') as health,
    coalesce(bool_or(s.agency = 'trust') filter (not s.is_referred), false) as trust_unreferred,
    count(*) as agencies,
    concat_ws(
        ' + ',
        case when bool_or(s.agency = 'police') then 'police' end,
        case when bool_or(s.agency = 'trust') then 'trust' end,
        case when bool_or(s.agency = 'health') then 'health' end
    ) as history,
    any_value(case c.sex when 'M' then 'boys' when 'F' then 'girls' end) as sex,
    any_value(case age_band(age_on(c.birth_month, as_at())) when '10-14' then 'under 15' when 'under 10' then 'under 15' when '15-17' then '15-17' end) as age_band,
    any_value(case when c.ethnicity <> 'Not known' then c.ethnicity end) as ethnicity
from core_sightings as s
join core_children as c using (person_id)
group by s.person_id, s.months
