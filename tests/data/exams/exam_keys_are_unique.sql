-- No key stands twice. A row is a key that does.
{%- for table in ['exam_templates', 'grading_scales', 'exams', 'exam_sessions', 'marks', 'marks_entries'] %}

select '{{ table }}' as model, "id" as value, count(*) as times
from {{ ref(table) }}
group by "id"
having count(*) > 1
union all
{%- endfor %}

select 'marks', "examId" || ' ' || "subjectId" || ' ' || "studentId", count(*)
from {{ ref('marks') }}
group by "examId", "subjectId", "studentId"
having count(*) > 1
union all
select 'marks_entries', "studentId" || ' ' || "sessionId", count(*)
from {{ ref('marks_entries') }}
group by "studentId", "sessionId"
having count(*) > 1
union all
select 'exam_sessions', "examId" || ' ' || "subjectId" || ' ' || "roomId", count(*)
from {{ ref('exam_sessions') }}
group by "examId", "subjectId", "roomId"
having count(*) > 1
union all
select 'exams', "branchId" || ' ' || "name", count(*)
from {{ ref('exams') }}
group by "branchId", "name"
having count(*) > 1
