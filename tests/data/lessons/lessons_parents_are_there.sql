-- Every reference leads to a row. A row: a reference that does not.
{% set references = [
    ('attendance_sessions', 'periodId', 'timetable_periods'), ('attendance_sessions', 'sectionId', 'sections'),
    ('attendance_sessions', 'subjectId', 'subjects'), ('attendance_sessions', 'assignedTeacherId', 'teachers'),
    ('attendance_sessions', 'actualTeacherId', 'teachers'), ('student_period_attendance', 'sessionId', 'attendance_sessions'),
    ('student_period_attendance', 'studentId', 'students'), ('student_period_attendance', 'markedBy', 'teachers'),
] %}
{% for model, column, parent in references %}

select '{{ model }}' as model, child."{{ column }}" as reference
from {{ ref(model) }} as child
left join {{ ref(parent) }} as parent
    on parent."id" = child."{{ column }}"
where child."{{ column }}" is not null
  and parent."id" is null
{{ '' if loop.last else 'union all' }}
{% endfor %}
