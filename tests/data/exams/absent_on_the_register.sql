-- Who is absent from a paper is absent or excused on the register of that day, as far as the register goes back.
-- A row is a mark of an absentee and what the register says.
with absentees as (
    select distinct
        mark."id" as mark_id,
        mark."studentId" as student_id,
        left(session."schedule", 10) as day
    from {{ ref('marks') }} as mark
    join {{ ref('exam_sessions') }} as session
        on session."examId" = mark."examId"
        and session."subjectId" = mark."subjectId"
    where mark."isAbsent"
)

select absentee.mark_id, record."status"
from absentees as absentee
join {{ ref('attendance_records') }} as record
    on record."studentId" = absentee.student_id
    and record."date" = absentee.day
where record."status" not in ('absent', 'excused')
