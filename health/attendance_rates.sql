-- Pupil days attended, in percent, by class
-- Estimate: seed attendance_levels. ASER's 71 to 76 percent are of rural schools on the day of a visit. Of pupils who moved
-- up, their present class counts.
with pupils as (
    select
        "studentId" as student,
        count(*)::double precision as days,
        count(*) filter (where "status" in ('present', 'late')) as attended
    from {{ ref('attendance_records') }}
    group by "studentId"
),

bands as (
    select
        case
            when class."gradeLevel" <= 2 then '1 Nursery to UKG'
            when class."gradeLevel" <= 7 then '2 Class 1 to 5'
            when class."gradeLevel" <= 10 then '3 Class 6 to 8'
            when class."gradeLevel" <= 12 then '4 Class 9 and 10'
            else '5 Class 11 and 12'
        end as band,
        count(*) as pupils,
        sum(pupils.days) as days,
        sum(pupils.attended) as attended,
        sum(level.present_pct * pupils.days) as wanted
    from pupils
    join {{ ref('students') }} as student
        on student."id" = pupils.student
    join {{ ref('classes') }} as class
        on class."id" = student."classId"
    join {{ seed('attendance_levels') }} as level
        on level.level = class."gradeLevel"
    group by 1
)

select
    substring(band, 3),
    100 * attended / days,
    wanted / days,
    3 + 400 * sqrt(0.0081 / pupils + 0.3 / days)
from bands
order by band
