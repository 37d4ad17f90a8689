-- No key stands twice: the tables of the dry run have no primary keys that would say so.
{%- set tables = ['tenants', 'academic_years', 'classes', 'sections', 'subjects', 'staff', 'teachers', 'students', 'guardians', 'student_guardians', 'enrollments'] %}
{% for table in tables %}

select '{{ table }}' as model, "id" as value, count(*) as times
from {{ ref(table) }}
group by "id"
having count(*) > 1
union all
{% endfor %}
select 'students', "admissionNo", count(*) from {{ ref('students') }} group by "admissionNo" having count(*) > 1
union all
select 'subjects', "code", count(*) from {{ ref('subjects') }} group by "code" having count(*) > 1
union all
select 'student_guardians', min("id" collate "C"), count(*) from {{ ref('student_guardians') }}
group by "studentId", "guardianId" having count(*) > 1
union all
select 'teachers', "staffId", count(*) from {{ ref('teachers') }} group by "staffId" having count(*) > 1
