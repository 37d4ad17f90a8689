-- An examination begins with its first paper and ends with its last, within its academic year, and is of its branch.
-- A row is an examination whose dates are others.
with papers as (
    select
        "examId" as exam_id,
        min(left("schedule", 10)) as first_day,
        max(left("schedule", 10)) as last_day
    from {{ ref('exam_sessions') }}
    group by "examId"
)

select exam."id", exam."startDate", exam."endDate", papers.first_day, papers.last_day
from {{ ref('exams') }} as exam
left join {{ ref('academic_years') }} as year
    on year."id" = exam."academicYearId"
left join papers
    on papers.exam_id = exam."id"
where year."id" is null
   or year."branchId" <> exam."branchId"
   or papers.exam_id is null
   or exam."startDate" <> papers.first_day
   or exam."endDate" <> papers.last_day
   or exam."startDate"::date < year."startDate"::date
   or exam."endDate"::date > year."endDate"::date
