-- Named ideas that several models share. No asset: run once when a warehouse is made.

create macro as_at() as getvariable('as_at')::date;
create macro a_year_before(d) as (d - interval 1 year)::date;
-- The area that the profile is of: its ONS code and retired wards are variables of the connection, as the as-at date is.
create macro area_code() as getvariable('area_code')::varchar;

-- With a birth month only, nobody leaves early: the 18th birthday is the last day of the month.
create macro turns_18_on(birth_month) as last_day((birth_month + interval 18 year)::date);

-- Completed years, the birthday on the first of the month; never 18 while still counted as under 18.
create macro age_on(birth_month, d) as
    case when d < turns_18_on(birth_month) then least(date_diff('month', birth_month, d) // 12, 17)
         else date_diff('month', birth_month, d) // 12 end;

-- Under 18 on day d, by the day on which a person turns 18; where no agency knows the birth month, still a child.
create macro is_child_on(turns_18_on, d) as turns_18_on is null or d < turns_18_on;

create macro age_band(age) as
    case when age is null then 'not known' when age < 10 then 'under 10' when age < 15 then '10-14' else '15-17' end;

-- Boys, and all others: girls with the few whose sex is other or not known.
create macro boys_or_not(sex) as case when sex = 'M' then 'M' else 'not M' end;

-- In force on day d: from its start until the day before its end.
create macro in_force(start_date, end_date, d) as start_date <= d and (end_date is null or end_date > d);
-- Some day of (after, last] is a day in force.
create macro has_day_within(start_date, end_date, after, last) as
    start_date <= last and (end_date is null or end_date > after + 1);

-- An end before its start lies in the second of the two hours from one to two that the last Sunday of October has.
create macro is_an_hour_later(from_moment, to_moment) as
    to_moment < from_moment and to_moment > from_moment - interval 1 hour
    and month(to_moment) = 10 and day(to_moment) > 24 and dayofweek(to_moment) = 0 and hour(to_moment) = 1;
-- A Home Office offence code as the tables write it: “008/06” and “8/6” are of class 8, “08n” is 8N.
create macro offence_class(code) as ltrim(upper(split_part(replace(code, ' ', ''), '/', 1)), '0');
-- Moments are local; what passes between two of them is elapsed time, also where the clocks change.
create macro elapsed_hours(from_moment, to_moment) as
    epoch((to_moment at time zone 'Europe/London') - (from_moment at time zone 'Europe/London')) / 3600
    + case when is_an_hour_later(from_moment, to_moment) then 1 else 0 end;
-- The first moment after day d.
create macro end_of(d) as (d + 1)::timestamp;
-- A day of the months, or of the 12 months, to the as-at date.
create macro months_before(months) as (as_at() - to_months(months))::date;
create macro in_the_last(months, d) as d > months_before(months) and d <= as_at();
create macro in_the_year(d) as in_the_last(12, d);

-- Codes of wards that were redrawn: retired, yet in the area.
create macro is_older_ward(ward_code) as
    coalesce(list_contains(getvariable('retired_wards')::varchar[], ward_code), false);
-- Where a home is counted by locality: a locality, outside the area, or not known.
create macro locality_place(residence, locality) as
    case when residence = 'outside' then 'outside' else coalesce(locality, 'not known') end;
-- Where something is counted by ward: a ward of today, or a group of its own for what has none or would show a children's home.
create macro ward_place(ward_code, locality, residence, at_a_home) as
    case
        when residence = 'outside' then residence
        when at_a_home then 'residential'
        when locality is not null then ward_code
        when is_older_ward(ward_code) then 'older ward'
        else 'not known'
    end;

create macro level_name(level) as
    case level when 3 then 'high' when 2 then 'medium' when 1 then 'low' when 0 then 'none' end;

-- Which agency a code of the children-in-need census for the source of a referral stands for.
create macro referral_source_group(source) as
    case
        when left(source, 1) = '1' and source <> '10' then 'individual'
        when left(source, 1) = '2' then 'education'
        when left(source, 1) = '3' then 'health'
        -- 5A is the authority's own social care, 5C that of another authority; 5B are other departments, 5D is early help.
        when source = '5A' then 'social care'
        when source = '5C' then 'other authority'
        when left(source, 1) = '5' then 'local authority'
        when source = '6' then 'police'
        else 'other or not known'
    end;

-- Two birth months that one slip of the hand tells apart: one digit of year and month, the year before or after (2009 and 2010), or the month
-- alone (a day and a month exchanged).
create macro is_one_slip(a, b) as
    year(a) = year(b) or (month(a) = month(b) and abs(year(a) - year(b)) = 1)
    or len(list_filter(range(1, 7), lambda i: strftime(a, '%Y%m')[i] <> strftime(b, '%Y%m')[i])) = 1;
-- What is sure of two records: an equal number, and the same name at the same postcode.
create macro is_surely_one(a, b) as
    coalesce((a['nhs'] = b['nhs'] or a['upn'] = b['upn']) and a['name_postcode'] = b['name_postcode'], false);
-- Records that cannot be of one child: two NHS numbers, two pupil numbers, or birth months more than one apart. A month that one slip tells
-- apart is outweighed where a record of each month has an equal number and the same name at the same postcode: of 2010-03 and 2009-03, Zoe
-- Khan of B11 1AA with one NHS number is one child.
create macro contradicts(records) as
    len(list_distinct(list_transform(records, lambda r: r['nhs']))) > 1
    or len(list_distinct(list_transform(records, lambda r: r['upn']))) > 1
    or (
        coalesce(
            date_diff('month', list_min(list_transform(records, lambda r: r['born'])), list_max(list_transform(records, lambda r: r['born']))) > 1,
            false
        )
        and len(list_filter(records, lambda a: len(list_filter(records, lambda b:
            date_diff('month', a['born'], b['born']) > 1
            and not (
                is_one_slip(a['born'], b['born'])
                and len(list_filter(records, lambda c: c['born'] = a['born'] and len(list_filter(records, lambda d:
                    d['born'] = b['born'] and is_surely_one(c, d))) > 0)) > 0
            )
        )) > 0)) > 0
    );
-- A record as `contradicts` takes it.
create macro as_evidence(key_nhs, key_upn, key_name_postcode, birth_month) as
    {'nhs': key_nhs, 'upn': key_upn, 'name_postcode': key_name_postcode, 'born': birth_month};
