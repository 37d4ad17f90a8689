-- No part of a mark is above what the paper gives for it, and a paper has the parts that it gives marks for.
-- A row is a mark whose parts are others.
with papers as materialized (  -- some thousand, ready to be joined to the marks in one step
    select distinct
        branch.id as branch_id,
        branch.code || '-' || paper.code as subject_code,
        pattern.name as exam_name,
        paper.theory_max,
        paper.practical_max,
        paper.project_max,
        paper.internal_max
    from {{ ref('exam_calendar') }} as paper
    join {{ seed('branches') }} as branch
        on branch.no = paper.branch_no
    join {{ seed('exam_patterns') }} as pattern
        on pattern.board = branch.board
        and pattern.no = paper.exam_no
)

select mark."id", paper.theory_max, paper.practical_max, paper.project_max, paper.internal_max
from {{ ref('marks') }} as mark
join {{ ref('exams') }} as exam
    on exam."id" = mark."examId"
join {{ ref('subjects') }} as subject
    on subject."id" = mark."subjectId"
join papers as paper
    on paper.branch_id = mark."branchId"
    and paper.subject_code = subject."code"
    and paper.exam_name = left(exam."name", length(exam."name") - 10)
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
