-- Some subjects are harder than others: in each branch with a hundred marks, the averages of its subjects lie more than
-- three points apart. A row is a branch where they do not.
with averages as (
    select
        mark."branchId" as branch_id,
        mark."subjectId" as subject_id,
        count(*) as marks,
        sum(
            round((1000 * mark."totalMarks" / exam."maxMarks")::double precision)::bigint
        )::double precision * 0.1 / count(*) as score
    from {{ ref('marks') }} as mark
    join {{ ref('exams') }} as exam
        on exam."id" = mark."examId"
    where not mark."isAbsent"
    group by mark."branchId", mark."subjectId"
)

select branch_id, min(score) as lowest, max(score) as highest
from averages
group by branch_id
having sum(marks) >= 100
   and max(score) - min(score) < 3
