-- Between 78 and 96 per cent of the pupil days of a class are attended, with four standard deviations for few pupils
-- and few days; pupils differ by some 9 points, and absences come in spells. Over all, of a thousand pupil days or
-- more some are missed; and fewer come on Saturdays than on other days, where there are 20 Saturdays to judge by.
-- A row: a class, or all of them, with other rates.
with saturdays as (
    select distinct "date" as day
    from {{ ref('attendance_records') }}
    where extract(isodow from "date"::date) = 6
),

pupils as (                          -- a class is one grade of a branch; of pupils who moved up, their present one
    select
        record."studentId" as student,
        count(*) as days,
        count(*) filter (where record."status" in ('present', 'late')) as attended,
        count(saturdays.day) as saturdays,
        count(saturdays.day) filter (where record."status" in ('present', 'late')) as on_saturdays
    from {{ ref('attendance_records') }} as record
    left join saturdays
        on saturdays.day = record."date"
    group by record."studentId"
),

classes as (
    select
        student."classId" as class,
        count(*)::double precision as pupils,
        sum(pupils.days)::double precision as days,
        sum(pupils.attended)::double precision / sum(pupils.days)::double precision as attended
    from pupils
    join {{ ref('students') }} as student
        on student."id" = pupils.student
    group by student."classId"
),

totals as (
    select
        (select count(*) from saturdays) as saturday_dates,
        sum(days)::double precision as days,
        sum(saturdays)::double precision as saturdays,
        sum(attended)::double precision / sum(days)::double precision as attended,
        sum(on_saturdays)::double precision / nullif(sum(saturdays), 0)::double precision as on_saturdays
    from pupils
    having count(*) > 0
)

select class, days, attended
from classes
where attended < 0.78 - 4 * sqrt(0.0081 / pupils + 0.3 / days)
   or attended > 0.96 + 4 * sqrt(0.0081 / pupils + 0.3 / days)
union all
select 'all classes', days, attended
from totals
where days >= 1000
  and attended not between 0.75 and 0.985
union all
select 'all classes on Saturdays', saturdays, on_saturdays
from totals
where saturday_dates >= 20
  and on_saturdays > attended - 0.01 + 4 * sqrt(0.3 / saturdays)
