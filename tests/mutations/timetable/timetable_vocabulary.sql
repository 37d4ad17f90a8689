update {{ ref('rooms') }}
set "type" = 'playground'
where "id" = (select min("id") from {{ ref('rooms') }})
