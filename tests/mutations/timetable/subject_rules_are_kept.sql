update {{ ref('subject_constraints') }}
set "value" = '{"periods": 0}'
where "type" = 'MAX_PERIODS_PER_DAY'
