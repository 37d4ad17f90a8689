-- A payment is taken back, and the invoice says nothing of it.
update {{ ref('payments') }}
set "status" = 'failed'
where "id" = (select min("id") from {{ ref('payments') }} where "status" = 'success')
