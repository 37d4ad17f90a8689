-- Also fails: periods_keep_the_hours
update {{ ref('time_slots') }}
set "endTime" = '10:45'
where "slotOrder" = 5
