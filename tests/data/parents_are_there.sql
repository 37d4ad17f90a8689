-- Every foreign key leads to a row, of the same branch where both have one.
{%- set keys = [
    ('sections', 'classId', 'classes', true), ('sections', 'homeroomTeacherId', 'teachers', true),
    ('teachers', 'staffId', 'staff', true), ('students', 'classId', 'classes', true),
    ('students', 'sectionId', 'sections', true), ('enrollments', 'studentId', 'students', true),
    ('enrollments', 'sectionId', 'sections', true), ('student_guardians', 'studentId', 'students', false),
    ('student_guardians', 'guardianId', 'guardians', false),
] %}
{% for child, column, parent, scoped in keys %}

select '{{ child }}.{{ column }}' as reference, child."id"
from {{ ref(child) }} as child
left join {{ ref(parent) }} as parent
    on parent."id" = child."{{ column }}"
where child."{{ column }}" is not null
  and (parent."id" is null{{ ' or parent."branchId" <> child."branchId"' if scoped else '' }})
{{ '' if loop.last else 'union all' }}
{% endfor %}
