update {{ ref('time_slot_constraints') }}
set "value" = '{"level": 9}'
where "type" = 'MIN_GRADE_LEVEL'
