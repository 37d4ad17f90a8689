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
),

excused as (                         -- what the register says of most of them; few rows are left to look for below
    select
        "studentId" as student_id,
        "date" as day
    from {{ ref('attendance_records') }}
    where "status" in ('absent', 'excused')
),

unexcused as (
    select absentees.student_id, absentees.day
    from absentees
    left join excused
        on excused.student_id = absentees.student_id
        and excused.day = absentees.day
    where excused.student_id is null
)

select record."studentId" as student_id, record."date" as day, record."status"
from {{ ref('attendance_records') }} as record
join unexcused
    on unexcused.student_id = record."studentId"
    and unexcused.day = record."date"
