-- No part of a mark is above what the paper gives for it, and a paper has the parts that it gives marks for.
-- A row is a mark whose parts are others.
select mark."id", paper.theory_max, paper.practical_max, paper.project_max, paper.internal_max
from {{ ref('marks') }} as mark
join {{ ref('exams') }} as exam
    on exam."id" = mark."examId"
join {{ ref('subjects') }} as subject
    on subject."id" = mark."subjectId"
join {{ seed('branches') }} as branch
    on branch.id = mark."branchId"
join (
    select distinct branch_no, exam_no, code, theory_max, practical_max, project_max, internal_max
    from {{ ref('exam_calendar') }}
) as paper
    on paper.branch_no = branch.no
    and branch.code || '-' || paper.code = subject."code"
join {{ seed('exam_patterns') }} as pattern
    on pattern.board = branch.board
    and pattern.no = paper.exam_no
    and pattern.name = left(exam."name", length(exam."name") - 10)
where mark."theoryMarks" > coalesce(paper.theory_max, -1)
   or mark."practicalMarks" > coalesce(paper.practical_max, -1)
   or mark."projectMarks" > coalesce(paper.project_max, -1)
   or mark."internalMarks" > coalesce(paper.internal_max, -1)
   or (
       not mark."isAbsent"
       and (
           (mark."theoryMarks" is null and paper.theory_max > 0)
           or (mark."practicalMarks" is null and paper.practical_max > 0)
           or (mark."projectMarks" is null and paper.project_max > 0)
           or (mark."internalMarks" is null and paper.internal_max > 0)
       )
   )
