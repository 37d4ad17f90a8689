-- A subject has a code that the board does not know.
update {{ ref('subjects') }}
set "code" = "code" || 'X'
where "id" = (select min("id") from {{ ref('subjects') }})
