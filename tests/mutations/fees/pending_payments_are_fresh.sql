-- A payment is forgotten.
update {{ ref('payments') }}
set "status" = 'pending'
where "id" = (select min("id") from {{ ref('payments') }} where "createdAt" = (select min("createdAt") from {{ ref('payments') }}))
