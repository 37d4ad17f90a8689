{{ config(table='RoomConstraint', slice_by=['branch'], tags=['timetable', 'rules'], rows=per_section(1.1)) }}

-- One row per room with a rule that every timetable keeps: a classroom is its section's, other rooms are kept for
-- grades.
-- Rows: one for each classroom, one for each shared room that has lessons in the years shown.
-- Nothing is estimated here: the rules are read off the timetables, which keep them.

with used as (                       -- the rooms of the timetables, and the grades that have lessons there
    select
        room_n                                                                          as n,
        -- a classroom has its section's number; those of shared rooms come after them: see the macro facility_n
        room_n < {{ facility_n('0', '0') }}                                             as is_classroom,
        min(level)                                                                      as first_level,
        max(level)                                                                      as last_level,
        min(letter)                                                                     as letter
    from {{ ref('lessons') }}
    where branch_no = {{ branch.no }}
      and year_no between {{ first_year() }} and {{ current_year() }}
    group by room_n
),

entered as (                         -- when the rules were: with the rooms, before the oldest year that can be shown
    select {{ entered_on('1') }} as day
)

select
    {{ key('used.n') }}                                                                 as "id",
    {{ branch.id }}                                                                     as "branchId",
    {{ key_of('rooms', 'used.n') }}                                                     as "roomId",
    case when used.is_classroom then 'HOME_SECTION' else 'GRADE_LEVELS' end             as "type",
    case
        when used.is_classroom
            then '{"class": "' || grade.name || '", "section": "' || ({{ section_name('used.letter') }}) || '"}'
        else '{"from": ' || used.first_level || ', "to": ' || used.last_level || '}'
    end                                                                                 as "value",
    1                                                                                   as "priority",
    {{ office_hour('created', 'used.n', 'entered.day') }}                               as "createdAt"
from used
join {{ seed('grades') }} as grade
    on grade.level = used.first_level
cross join entered
