update {{ ref('teacher_constraints') }}
set "value" = '{"from": 15, "to": 16}'
where "type" = 'GRADE_LEVELS'
