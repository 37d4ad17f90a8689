-- A payment is taken back, and the invoice says nothing of it.
-- Also fails: payments_add_up, totals_reconcile
update {{ ref('payments') }}
set "status" = 'failed'
where "id" = (select min("id") from {{ ref('payments') }} where "status" = 'success')
