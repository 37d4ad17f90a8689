-- The parts add up to the total, none is below zero, and the total is at most the examination's. A row is a mark.
select mark."id", mark."totalMarks"
from {{ ref('marks') }} as mark
join {{ ref('exams') }} as exam
    on exam."id" = mark."examId"
where mark."totalMarks" <> coalesce(mark."theoryMarks", 0) + coalesce(mark."practicalMarks", 0)
        + coalesce(mark."projectMarks", 0) + coalesce(mark."internalMarks", 0)
   or mark."totalMarks" > exam."maxMarks"
   or mark."theoryMarks" < 0
   or mark."practicalMarks" < 0
   or mark."projectMarks" < 0
   or mark."internalMarks" < 0
