-- No key stands twice: the tables of the dry run have no unique indexes that would say so. A row: a value and how often.
select 'attendance_sessions' as model, "id" as value, count(*) as times
from {{ ref('attendance_sessions') }}
group by "id"
having count(*) > 1
union all
select 'attendance_sessions', "periodId" || ' ' || "sectionId" || ' ' || "date"::text, count(*)
from {{ ref('attendance_sessions') }}
group by "periodId", "sectionId", "date"
having count(*) > 1
union all
select 'student_period_attendance', "id", count(*)
from {{ ref('student_period_attendance') }}
group by "id"
having count(*) > 1
union all
select 'student_period_attendance', "sessionId" || ' ' || "studentId", count(*)
from {{ ref('student_period_attendance') }}
group by "sessionId", "studentId"
having count(*) > 1
