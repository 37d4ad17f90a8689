update {{ ref('timetable_templates') }}
set "config" = replace("config", '"lessonsPerDay": 8', '"lessonsPerDay": 7')
