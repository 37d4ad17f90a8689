-- Between 80 and 95 per cent of the pupil days of a class are attended, fewer on Saturdays than on other days.
with rates as (
    select
        student."classId" as class,
        100.0 * count(*) filter (where record."status" in ('present', 'late')) / count(*) as attended,
        100.0 * count(*) filter (
            where record."status" in ('present', 'late') and extract(isodow from record."date"::date) = 6
        ) / nullif(count(*) filter (where extract(isodow from record."date"::date) = 6), 0) as on_saturdays
    from {{ ref('attendance_records') }} as record
    join {{ ref('students') }} as student
        on student."id" = record."studentId"
    group by student."classId"
)

select avg(attended) as attended, avg(on_saturdays) as on_saturdays, min(attended) as lowest, max(attended) as highest
from rates
having min(attended) < 78
    or max(attended) > 96
    or avg(on_saturdays) > avg(attended) - 1
