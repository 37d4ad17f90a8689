-- Also fails: hours_follow_each_other
update {{ ref('time_slots') }}
set "startTime" = '08:25'
where "slotOrder" = 2
