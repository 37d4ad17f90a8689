update {{ ref('timetable_templates') }}
set "isDefault" = not "isDefault"
