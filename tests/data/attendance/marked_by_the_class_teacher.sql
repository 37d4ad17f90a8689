-- The roll of a section is taken by its class teacher where he is at school when the first lesson begins, and by one other
-- teacher of the branch, who is at school, where he is not. A row: a section and day of the running year of which that is not
-- true, or a day of any year with a mark by somebody who was not at school.
with marked as (                     -- who marked each section's pupils, day by day, in the running year
    select
        student."sectionId" as section,
        record."date" as day,
        min(record."markedBy" collate "C") as teacher,
        max(record."markedBy" collate "C") as other
    from {{ ref('attendance_records') }} as record
    join {{ ref('students') }} as student
        on student."id" = record."studentId"
    join {{ ref('academic_years') }} as year
        on year."branchId" = record."branchId"
        and year."isActive"
        and record."date" collate "C" >= year."startDate" collate "C"
    group by student."sectionId", record."date"
),

days as (                            -- who marked anybody, day by day
    select distinct "branchId" as branch, "date" as day, "markedBy" as teacher
    from {{ ref('attendance_records') }}
)

select section."id" as section, marked.day, marked.teacher, marked.other
from marked
join {{ ref('sections') }} as section
    on section."id" = marked.section
left join {{ ref('teacher_attendance') }} as class_teacher
    on class_teacher."teacherId" = section."homeroomTeacherId"
    and class_teacher."date" = marked.day
where marked.teacher <> marked.other
   or (marked.teacher <> section."homeroomTeacherId" and coalesce(class_teacher."checkIn"::time <= '08:20'::time, false))
union all
select days.branch, days.day, days.teacher, null
from days
left join {{ ref('teacher_attendance') }} as mark
    on mark."teacherId" = days.teacher
    and mark."date" = days.day
    and mark."branchId" = days.branch
where mark."checkIn" is null
