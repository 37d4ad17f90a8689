{{ config(table='Room', slice_by=['branch'], tags=['timetable'], rows=per_section(1.3)) }}

-- One row per room: a classroom for every section, and the rooms that sections share.
-- Rows: one for each section, then the rooms of the seed facilities: one of each kind for every team of neighbouring
-- section letters that shares it, as many letters as the seed says.
-- Estimate: which special rooms a school has, where they are, how many they hold and what is in them.

with classrooms as (                 -- the number of a classroom is that of its section
    select
        {{ section_n('grade.level', 'letter.no') }}                                     as n,
        upper(left(replace(grade.name, 'Class ', ''), 3))
            || '-' || ({{ section_name('letter.no') }})                                 as short_name,
        grade.name || ' ' || ({{ section_name('letter.no') }})                          as name,
        case
            when grade.level <= 7 then 'Primary Block'
            when grade.level <= 12 then 'Main Block'
            else 'Senior Block'
        end                                                                             as building,
        case grade.level % 3
            when 0 then 'Ground'
            when 1 then 'First'
            else 'Second'
        end                                                                             as floor,
        {{ section_size() }}                                                            as places,
        'classroom'                                                                     as room_type,
        case
            when grade.level <= 2 then '["low tables", "play corner", "display boards"]'
            when {{ chance('has a projector', section_n('grade.level', 'letter.no'), var('projector_share')) }}
                then '["whiteboard", "projector", "ceiling fans"]'
            else '["blackboard", "display board", "ceiling fans"]'
        end                                                                             as facilities
    from {{ seed('grades') }} as grade
    cross join generate_series(0, {{ sections_per_grade() }} - 1) as letter(no)
    where grade.level between {{ branch.first_level }} and {{ branch.last_level }}
),

shared as (                          -- the other rooms, each for a team of letters, where the branch has grades for it
    select
        {{ facility_n('facility.no', 'team.no') }}                                      as n,
        upper(left(facility.room_type, 3))
            || '-' || lpad(facility.no::text, 2, '0') || '-' || (team.no + 1)           as short_name,
        -- numbered, unless all letters, up to 256, share the one
        facility.name || case when facility.letters < 256 then ' ' || (team.no + 1) else '' end as name,
        facility.building,
        facility.floor,
        coalesce(facility.places, {{ section_size() }})                                 as places,
        facility.room_type,
        facility.equipment                                                              as facilities
    from {{ seed('facilities') }} as facility
    cross join generate_series(0, {{ sections_per_grade() }} - 1) as team(no)
    where coalesce(facility.board, {{ branch.board }}) = {{ branch.board }}
      and facility.first_level <= {{ branch.last_level }}
      and facility.last_level >= {{ branch.first_level }}
      and team.no * facility.letters + facility.min_letters <= {{ sections_per_grade() }}
),

rooms as (                           -- all of them
    select n, short_name, name, building, floor, places, room_type, facilities
    from classrooms
    union all
    select n, short_name, name, building, floor, places, room_type, facilities
    from shared
),

entered as (                         -- when each was put on the list: before the oldest year that the project can show
    select
        n,
        {{ entered_on('n') }}                                                           as day
    from rooms
)

select
    {{ key('room.n') }}                                                                 as "id",
    {{ branch.id }}                                                                     as "branchId",
    {{ branch.code }} || '-' || room.short_name                                         as "code",
    room.name                                                                           as "name",
    room.building                                                                       as "building",
    room.floor                                                                          as "floor",
    room.places                                                                         as "capacity",
    room.room_type                                                                      as "type",
    room.facilities                                                                     as "facilities",
    true                                                                                as "isActive",
    {{ office_hour('created', 'room.n', 'entered.day') }}                               as "createdAt",
    {{ office_hour('created', 'room.n', 'entered.day') }}                               as "updatedAt"
from rooms as room
join entered
    on entered.n = room.n
