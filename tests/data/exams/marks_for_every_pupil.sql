-- Every pupil of a section on the day of a paper that was sat has a mark in it, be it that he was absent.
-- A row is a pupil and session without a mark.
with sat as materialized (                -- each session with its class and section: the classroom is the section's own
    select
        session."id" as session_id,
        session."branchId" as branch_id,
        session."examId" as exam_id,
        session."subjectId" as subject_id,
        left(session."schedule", 10) as day,
        session."schedule" as schedule,
        class."id" as class_id,
        class."name" as class_name,
        class."gradeLevel" as level,
        section."id" as section_id
    from {{ ref('exam_sessions') }} as session
    join {{ ref('rooms') }} as room
        on room."id" = session."roomId"
    join {{ ref('classes') }} as class
        on class."branchId" = session."branchId"
    join {{ ref('sections') }} as section
        on section."classId" = class."id"
        and class."name" || ' ' || section."name" = room."name"
),

expected as (                        -- who had to sit which paper: the section's pupils on its day
    select
        sat.exam_id,
        sat.subject_id,
        sat.session_id,
        enrollment."studentId" as student_id
    from sat
    join {{ ref('exams') }} as exam
        on exam."id" = sat.exam_id
    join {{ ref('academic_years') }} as year
        on year."id" = exam."academicYearId"
    join {{ ref('enrollments') }} as enrollment
        on enrollment."sectionId" = sat.section_id
        and enrollment."startDate"::date between year."startDate"::date and year."endDate"::date
    where sat.day::date < {{ var('as_of') }}
      and sat.day::date >= enrollment."startDate"::date
      and (enrollment."endDate" is null or sat.day::date <= enrollment."endDate"::date)
)

select expected.session_id, expected.student_id
from expected
left join {{ ref('marks') }} as mark
    on mark."studentId" = expected.student_id
    and mark."subjectId" = expected.subject_id
    and mark."examId" = expected.exam_id
where mark."id" is null
