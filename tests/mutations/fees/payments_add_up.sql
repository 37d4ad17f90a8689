-- A payment is a rupee higher.
-- Also fails: totals_reconcile
update {{ ref('payments') }}
set "amount" = "amount" + 1
where "id" = (select min("id") from {{ ref('payments') }} where "status" = 'success')
