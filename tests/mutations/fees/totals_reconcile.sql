-- A rupee is missing from the cash box.
-- Also fails: invoice_status_follows, payments_add_up
update {{ ref('payments') }}
set "amount" = "amount" - 1
where "id" = (select min("id") from {{ ref('payments') }} where "status" = 'success')
