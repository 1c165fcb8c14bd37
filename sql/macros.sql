-- Named ideas that several models share. No asset: run once when a warehouse is made.

create macro as_at() as getvariable('as_at')::date;
create macro a_year_before(d) as (d - interval 1 year)::date;
create macro birmingham() as 'E08000025';

-- With a birth month only, nobody leaves early: the 18th birthday is the last day of the month.
create macro turns_18_on(birth_month) as last_day((birth_month + interval 18 year)::date);

-- Completed years, the birthday on the first of the month; never 18 while still counted as under 18.
create macro age_on(birth_month, d) as
    case when d < turns_18_on(birth_month) then least(date_diff('month', birth_month, d) // 12, 17)
         else date_diff('month', birth_month, d) // 12 end;

create macro age_band(age) as
    case when age is null then 'not known' when age < 10 then 'under 10' when age < 15 then '10-14' else '15-17' end;

-- In force on day d: from its start until the day before its end.
create macro in_force(start_date, end_date, d) as start_date <= d and (end_date is null or end_date > d);
-- Some day of (after, last] is a day in force.
create macro has_day_within(start_date, end_date, after, last) as
    start_date <= last and (end_date is null or end_date > after + 1);

-- Moments are local; what passes between two of them is elapsed time, also where the clocks change.
create macro elapsed_hours(from_moment, to_moment) as
    epoch((to_moment at time zone 'Europe/London') - (from_moment at time zone 'Europe/London')) / 3600;
-- The first moment after day d.
create macro end_of(d) as (d + 1)::timestamp;
-- A day of the months, or of the 12 months, to the as-at date.
create macro months_before(months) as (as_at() - to_months(months))::date;
create macro in_the_last(months, d) as d > months_before(months) and d <= as_at();
create macro in_the_year(d) as in_the_last(12, d);

-- Codes of Birmingham's wards before 2018 (E05001178 to E05001217): retired, yet in the city.
create macro is_older_ward(ward_code) as coalesce(ward_code between 'E05001178' and 'E05001217', false);
-- Where something is counted by ward: a ward of today, or a group of its own for what has none or would show a children's home.
create macro ward_place(ward_code, locality, residence, at_a_home) as
    case
        when residence = 'outside Birmingham' then residence
        when at_a_home then 'residential'
        when locality is not null then ward_code
        when is_older_ward(ward_code) then 'older ward'
        else 'not known'
    end;

-- What is said of a denominator; a rate over one that only indicates is refused, and the table to ask for named.
create macro denominator_note(quality, source, wanted) as
    case quality
        when 'indicative' then 'refused: the number of residents is only indicative: ' || wanted
        when 'estimate' then 'denominator: residents aged 10–17, estimated: ' || source
        else 'denominator: residents aged 10–17, ' || source
    end;

create macro level_name(level) as
    case level when 3 then 'high' when 2 then 'medium' when 1 then 'low' when 0 then 'none' end;

-- Who is counted, for counts that are the length of a list: children once each, or a child per event.
create macro those(person_id) as coalesce(list(person_id) filter (person_id is not null), []);
create macro distinct_of(person_id) as coalesce(list(distinct person_id) filter (person_id is not null), []);

-- Records that cannot be of one child: two NHS numbers, two pupil numbers, or birth months more than one apart.
create macro contradicts(nhs_keys, upn_keys, birth_months) as
    len(list_distinct(nhs_keys)) > 1 or len(list_distinct(upn_keys)) > 1
    or coalesce(date_diff('month', list_min(birth_months), list_max(birth_months)) > 1, false);
