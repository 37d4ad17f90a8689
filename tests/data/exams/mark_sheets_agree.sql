-- Mark and MarksEntry say the same of each pupil, examination and subject. A row is a mark without its entry, an entry
-- without its mark, or a pair that differs.
with entries as (
    select
        entry."id" as id,
        entry."branchId" as branch_id,
        entry."studentId" as student_id,
        session."examId" as exam_id,
        session."subjectId" as subject_id,
        entry."rawMarks" as marks,
        entry."grade" as grade
    from {{ ref('marks_entries') }} as entry
    join {{ ref('exam_sessions') }} as session
        on session."id" = entry."sessionId"
)

select mark."id" as mark_id, entry.id as entry_id
from {{ ref('marks') }} as mark
full join entries as entry
    on entry.student_id = mark."studentId"
    and entry.subject_id = mark."subjectId"
    and entry.exam_id = mark."examId"
where mark."id" is null
   or entry.id is null
   or entry.branch_id <> mark."branchId"
   or coalesce(entry.marks, -1) <> coalesce(mark."totalMarks", -1)
   or coalesce(entry.grade, '') <> coalesce(mark."grade", '')
