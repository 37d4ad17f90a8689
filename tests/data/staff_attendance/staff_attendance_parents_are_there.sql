-- Every reference leads to a row. A row: a reference that does not.
{% set references = [
    ('teacher_attendance', 'teacherId', 'teachers'),
    ('teacher_daily_attendance', 'teacherId', 'teachers'), ('teacher_daily_attendance', 'substituteId', 'teachers'),
    ('substitutions', 'periodId', 'timetable_periods'), ('substitutions', 'substituteTeacherId', 'teachers'),
    ('substitutions', 'substituteRoomId', 'rooms'), ('substitutions', 'approvedBy', 'staff'),
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
