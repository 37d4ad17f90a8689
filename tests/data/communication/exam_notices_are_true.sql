-- A date sheet names an examination of the branch with its first day, and is sent before it; a result names one that is
-- over. So do campaigns that went out.
-- A row is a message of which this is not true.
with notices as materialized (
    select
        message."id",
        message."branchId",
        message."createdAt",
        message."payload"::jsonb ->> 'examName' as exam_name,
        message."payload"::jsonb ->> 'startDate' as first_day
    from {{ ref('messages') }} as message
    join {{ ref('templates') }} as template
        on template."id" = message."templateId"
    where template."name" like 'Exam timetable%'
       or template."name" like 'Result%'
)

select notice."id", notice.exam_name, notice.first_day, exam."startDate", exam."endDate"
from notices as notice
left join {{ ref('exams') }} as exam
    on exam."branchId" = notice."branchId"
    and exam."name" = notice.exam_name
where exam."id" is null
   or case
        when notice.first_day is null then notice."createdAt"::date <= exam."endDate"::date
        else notice.first_day <> exam."startDate" or notice."createdAt"::date >= exam."startDate"::date
    end
