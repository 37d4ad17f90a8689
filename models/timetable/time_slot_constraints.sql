{{ config(table='TimeSlotConstraint', slice_by=['branch'], tags=['timetable', 'rules'], rows='54') }}

-- One row per hour of the week with a rule that every timetable keeps: no lessons in assembly and breaks; after 11:55
-- none for pre-primary, which has gone home.
-- Rows: on each of six days the assembly, two breaks, and the three lessons after pre-primary's five.
-- Estimate: the hours, which are those of the seed school_hours.

with ruled as (                      -- the hours that are no lessons, or not everybody's
    select
        {{ time_slot_n('weekday.no', 'hour.slot_order') }}                              as n,
        hour.slot_type
    from {{ seed('school_hours') }} as hour
    cross join generate_series(1, 6) as weekday(no)
    where hour.slot_type <> 'regular'
       or hour.lesson > 5
),

entered as (                         -- when the rules were: with the hours, before the oldest year that can be shown
    select {{ entered_on('1') }} as day
)

select
    {{ key('ruled.n') }}                                                                as "id",
    {{ branch.id }}                                                                     as "branchId",
    {{ key_of('time_slots', 'ruled.n') }}                                               as "timeSlotId",
    case when ruled.slot_type = 'regular' then 'MIN_GRADE_LEVEL' else 'NO_LESSONS' end  as "type",
    case
        when ruled.slot_type = 'regular' then '{"level": 3}'
        else '{"reason": "' || ruled.slot_type || '"}'
    end                                                                                 as "value",
    1                                                                                   as "priority",
    {{ office_hour('created', 'ruled.n', 'entered.day') }}                              as "createdAt"
from ruled
cross join entered
