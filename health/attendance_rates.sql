-- Pupil days attended, in percent, by class
-- Estimate: seed attendance_levels, before what months, weekdays and examinations change. ASER's 71 to 76 percent are
-- of rural schools on the day of a visit.
with pupils as (                     -- one row per pupil and academic year, April to March: days marked, attended
    select
        "studentId" as student,
        left("date", 4)::int - case when substring("date", 6, 2) < '04' then 1 else 0 end as year_no,
        count(*)::double precision as days,
        count(*) filter (where "status" in ('present', 'late')) as attended
    from {{ ref('attendance_records') }}
    group by 1, 2
),

classes as (                         -- one row per pupil and academic year: the grade level that he was in
    select
        enrollment."studentId" as student,
        left(enrollment."startDate", 4)::int
            - case when substring(enrollment."startDate", 6, 2) < '04' then 1 else 0 end as year_no,
        class."gradeLevel" as level
    from {{ ref('enrollments') }} as enrollment
    join {{ ref('sections') }} as section
        on section."id" = enrollment."sectionId"
    join {{ ref('classes') }} as class
        on class."id" = section."classId"
),

bands as (                           -- one row per band of classes, numbered for their order
    select
        case
            when classes.level <= 2 then '1 Nursery to UKG'
            when classes.level <= 7 then '2 Class 1 to 5'
            when classes.level <= 10 then '3 Class 6 to 8'
            when classes.level <= 12 then '4 Class 9 and 10'
            else '5 Class 11 and 12'
        end as band,
        count(*) as pupils,
        sum(pupils.days) as days,
        sum(pupils.attended) as attended,
        sum(level.present_pct * pupils.days) as wanted
    from pupils
    join classes
        on classes.student = pupils.student
        and classes.year_no = pupils.year_no
    join {{ seed('attendance_levels') }} as level
        on level.level = classes.level
    group by 1
)

select
    substring(band, 3) as label,
    100 * attended / days as actual,
    wanted / days as target,
    -- four standard errors: pupils differ by 9 points (0.09 squared), and their days by chance
    4 + 400 * sqrt(0.0081 / pupils + 0.3 / days) as tolerance
from bands
order by band
