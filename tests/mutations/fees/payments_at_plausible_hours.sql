-- Cash comes on a Sunday.
-- Also fails: payment_references
update {{ ref('payments') }}
set "method" = 'cash', "gateway" = 'cash', "createdAt" = timestamp '2026-04-05 05:00:00'
where "id" = (select min("id") from {{ ref('payments') }})
