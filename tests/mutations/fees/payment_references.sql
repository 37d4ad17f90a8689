-- A payment has no reference.
update {{ ref('payments') }}
set "reference" = null
where "id" = (select min("id") from {{ ref('payments') }})
