-- a substitute goes to a room where others have that lesson
update {{ ref('substitutions') }}
set "substituteRoomId" = (
    select min(period."roomId")
    from {{ ref('timetable_periods') }} as period
    where period."id" = {{ ref('substitutions') }}."periodId"
)
