-- A script is marked on the day of the paper or later, after school hours have begun, entered after that and changed
-- after that, on a day when the branch is open, not after the as-of date, nor after the results were published.
-- A row is a mark at another time.
with moments as (
    select
        mark."branchId" as branch_id,
        mark."examId" as exam_id,
        mark."subjectId" as subject_id,
        min(mark."evaluatedAt") as first_marked,
        max(mark."updatedAt") as last_changed,
        min(mark."id" collate "C") as example,
        count(
            case when mark."evaluatedAt" > mark."createdAt" or mark."createdAt" > mark."updatedAt" then 1 end
        ) as unordered,
        count(case when extract(hour from mark."evaluatedAt") not between 2 and 10 then 1 end) as at_night
    from {{ ref('marks') }} as mark
    group by mark."branchId", mark."examId", mark."subjectId"
),

papers as (
    select
        "examId" as exam_id,
        "subjectId" as subject_id,
        min(left("schedule", 10)) as first_day
    from {{ ref('exam_sessions') }}
    group by "examId", "subjectId"
)

select moment.example
from moments as moment
join {{ ref('exams') }} as exam
    on exam."id" = moment.exam_id
left join papers as paper
    on paper.exam_id = moment.exam_id
    and paper.subject_id = moment.subject_id
where paper.exam_id is null
   or moment.first_marked::date < paper.first_day::date
   or moment.last_changed::date > {{ var('as_of') }}
   or (exam."status" = 'RESULTS_PUBLISHED' and moment.last_changed::date > exam."updatedAt"::date)
   or moment.unordered > 0
   or moment.at_night > 0
