-- one row per child at risk on any day of the 48 months to the as-at date, with its home on the last such day
with days as (
    select *, least(coalesce(to_date - 1, as_at()), as_at()) as last_day_at_risk
    from core_hub_periods
    where is_at_risk and has_day_within(from_date, to_date, (as_at() - interval 48 month)::date, as_at())
)

select
    person_id,
    arg_max(residence, last_day_at_risk) as residence,
    -- Children in residential homes are counted in their locality, never in a ward.
    case when arg_max(is_residential, last_day_at_risk) then null else arg_max(struct_pack(w := ward_code), last_day_at_risk).w end as ward_code,
    arg_max(struct_pack(l := locality), last_day_at_risk).l as locality,
    arg_max(is_residential, last_day_at_risk) as is_residential,
    age_on(any_value(birth_month), max(last_day_at_risk)) as age
from days
join (select person_id, birth_month from core_children) using (person_id)
group by person_id
