{{ config(table='TimeSlot', slice_by=['branch'], tags=['timetable'], rows='66') }}

-- One row per weekday and hour of the school day: assembly, lessons and breaks.
-- Rows: the eleven hours of the seed school_hours on each of six days. Pre-primary goes home before lunch, at 11:55.
-- Estimate: the hours.

with entered as (                    -- when the list was entered: before the oldest year that the project can show
    select {{ entered_on('1') }} as day
)

select
    {{ key(time_slot_n('weekday.no', 'hour.slot_order')) }}                 as "id",
    {{ branch.id }}                                                         as "branchId",
    weekday.no                                                              as "dayOfWeek",
    hour.starts_at                                                          as "startTime",
    hour.ends_at                                                            as "endTime",
    hour.slot_type                                                          as "slotType",
    hour.slot_order                                                         as "slotOrder",
    {{ office_hour('created', '1', 'entered.day') }}                        as "createdAt",
    {{ office_hour('created', '1', 'entered.day') }}                        as "updatedAt"
from {{ seed('school_hours') }} as hour
cross join generate_series(1, 6) as weekday(no)
cross join entered
