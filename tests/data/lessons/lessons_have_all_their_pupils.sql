-- In a lesson that was held every pupil enrolled in the section on that day is marked, and nobody else; in others nobody is.
-- A row: a lesson with too few or too many marks, or a mark of a pupil who was not enrolled there.
with expected as (
    select session."id", count(enrollment."id") as pupils
    from {{ ref('attendance_sessions') }} as session
    left join {{ ref('enrollments') }} as enrollment
        on enrollment."sectionId" = session."sectionId"
        and session."status" = 'completed'
        and session."date"::date between enrollment."startDate"::date and coalesce(enrollment."endDate", '9999-12-31')::date
    group by session."id"
),

found as (
    select mark."sessionId" as session, count(*) as marks, count(enrollment."id") as pupils
    from {{ ref('student_period_attendance') }} as mark
    join {{ ref('attendance_sessions') }} as session
        on session."id" = mark."sessionId"
    left join {{ ref('enrollments') }} as enrollment
        on enrollment."studentId" = mark."studentId"
        and enrollment."sectionId" = session."sectionId"
        and session."date"::date between enrollment."startDate"::date and coalesce(enrollment."endDate", '9999-12-31')::date
    group by mark."sessionId"
)

select expected."id", expected.pupils, found.marks, found.pupils as enrolled
from expected
left join found
    on found.session = expected."id"
where expected.pupils <> coalesce(found.marks, 0)
   or found.marks <> found.pupils
