update {{ ref('room_constraints') }}
set "value" = (select max("value") from {{ ref('room_constraints') }} where "type" = 'HOME_SECTION')
where "type" = 'HOME_SECTION'
