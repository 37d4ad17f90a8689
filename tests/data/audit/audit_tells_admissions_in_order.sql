-- Every approved application was answered, and the newcomer entered afterwards and before his first day; each once.
-- A row is an application or a pupil of which the log does not say so.
with answers as (
    select "entityId" as application, count(*) as entries
    from {{ ref('audit_logs') }}
    where "entityType" = 'Application'
    group by "entityId"
),

entered as (
    select "entityId" as student, count(*) as entries, max("createdAt") as at
    from {{ ref('audit_logs') }}
    where "entityType" = 'Student'
      and "action" = 'CREATE'
      and "entityId" is not null
    group by "entityId"
),

first_days as (
    select "studentId" as student, min("startDate"::date) as day
    from {{ ref('enrollments') }}
    group by "studentId"
)

select 'application' as what, application."id"
from {{ ref('applications') }} as application
left join answers
    on answers.application = application."id"
where application."status" = 'APPROVED'
  and answers.entries is distinct from 1
union all
select 'pupil', student."id"
from {{ ref('students') }} as student
join {{ ref('applications') }} as application
    on application."branchId" = student."branchId"
    and application."firstName" = student."firstName"
    and application."lastName" = student."lastName"
    and application."dob" = student."dob"
    and split_part(application."applicationNo", '/', 3) = split_part(student."admissionNo", '/', 2)
    and application."status" = 'APPROVED'
left join entered
    on entered.student = student."id"
left join first_days
    on first_days.student = student."id"
group by student."id", entered.entries, entered.at, first_days.day
having entered.entries is distinct from 1
    or entered.at <= min(application."reviewedAt")      -- namesakes born on one day have two applications
    or entered.at::date >= first_days.day
