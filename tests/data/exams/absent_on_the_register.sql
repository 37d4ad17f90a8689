-- Who is absent from a paper is absent or excused on the register of that day, as far as the register goes back.
-- A row is a day on which the register says otherwise of somebody who was absent from a paper.
with absentees as (
    select
        mark."studentId" as student_id,
        left(session."schedule", 10) as day
    from {{ ref('marks') }} as mark
    join {{ ref('exam_sessions') }} as session
        on session."examId" = mark."examId"
        and session."subjectId" = mark."subjectId"
    where mark."isAbsent"
)

select record."studentId" as student_id, record."date" as day, record."status"
from {{ ref('attendance_records') }} as record
where record."status" not in ('absent', 'excused')
  and (record."studentId", record."date") in (select student_id, day from absentees)
