-- Every row has its branch, and so has everything that it points to. A row: one that has not.
{% set references = [
    ('teacher_attendance', 'teacherId', 'teachers'),
    ('teacher_daily_attendance', 'teacherId', 'teachers'), ('teacher_daily_attendance', 'substituteId', 'teachers'),
    ('substitutions', 'periodId', 'timetable_periods'), ('substitutions', 'substituteTeacherId', 'teachers'),
    ('substitutions', 'substituteRoomId', 'rooms'),
] %}
{% for model, column, parent in references %}

select '{{ model }}.{{ column }}' as source, child."id"
from {{ ref(model) }} as child
left join {{ ref(parent) }} as parent
    on parent."id" = child."{{ column }}"
where child."branchId" is null
   or parent."branchId" <> child."branchId"
{{ '' if loop.last else 'union all' }}
{% endfor %}
