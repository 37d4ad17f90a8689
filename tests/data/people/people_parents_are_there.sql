-- Every reference leads to a row of the same branch, also the class and section of a pupil, which have no foreign
-- key.
-- A row: a reference that leads nowhere, or into another branch; or a tie between a pupil and another branch's
-- guardian.
{% set keys = [
    ('teachers', 'staffId', 'staff'), ('students', 'classId', 'classes'), ('students', 'sectionId', 'sections'),
    ('enrollments', 'studentId', 'students'), ('enrollments', 'sectionId', 'sections'),
] %}
{% for child, column, parent in keys %}

select '{{ child }}.{{ column }}' as reference, child."id"
from {{ ref(child) }} as child
left join {{ ref(parent) }} as parent
    on parent."id" = child."{{ column }}"
where parent."id" is null
   or parent."branchId" <> child."branchId"
union all
{% endfor %}
select 'student_guardians', link."id"
from {{ ref('student_guardians') }} as link
left join {{ ref('students') }} as student
    on student."id" = link."studentId"
left join {{ ref('guardians') }} as guardian
    on guardian."id" = link."guardianId"
where student."id" is null
   or guardian."id" is null
   or guardian."branchId" <> student."branchId"
