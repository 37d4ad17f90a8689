-- A payment is a rupee higher.
update {{ ref('payments') }}
set "amount" = "amount" + 1
where "id" = (select min("id") from {{ ref('payments') }} where "status" = 'success')
