-- A row is written before it is changed, neither after the as-of date, and an examination before its first day.
-- A row is one that is not.
select 'exams' as model, "id"
from {{ ref('exams') }}
where "createdAt" > "updatedAt"
   or "updatedAt"::date > {{ var('as_of') }}
   or "createdAt"::date > "startDate"::date
   or extract(hour from "createdAt") not between 2 and 10
   or extract(hour from "updatedAt") not between 2 and 10
union all
select 'exam_templates', "id"
from {{ ref('exam_templates') }}
where "createdAt" > "updatedAt"
   or "updatedAt"::date > {{ var('as_of') }}
union all
select 'grading_scales', "id"
from {{ ref('grading_scales') }}
where "createdAt" > "updatedAt"
   or "updatedAt"::date > {{ var('as_of') }}
