delete from {{ ref('subject_constraints') }}
where "type" = 'NEEDS_ROOM_TYPE'
