-- A rupee is missing from the cash box.
update {{ ref('payments') }}
set "amount" = "amount" - 1
where "id" = (select min("id") from {{ ref('payments') }} where "status" = 'success')
