-- Who sits a paper is present or late on the register of that day, as far as the register goes back.
-- A row is a mark of a pupil whom the register has as absent.
with papers as (
    select distinct
        "examId" as exam_id,
        "subjectId" as subject_id,
        left("schedule", 10) as day
    from {{ ref('exam_sessions') }}
)

select mark."id", record."status"
from {{ ref('attendance_records') }} as record
join {{ ref('marks') }} as mark
    on mark."studentId" = record."studentId"
join papers as paper
    on paper.exam_id = mark."examId"
    and paper.subject_id = mark."subjectId"
    and paper.day = record."date"
where record."status" not in ('present', 'late')
  and not mark."isAbsent"
