-- A payment is forgotten.
-- Also fails: fee_reminders_are_true, invoice_status_follows, payments_add_up, totals_reconcile
update {{ ref('payments') }}
set "status" = 'pending'
where "id" = (select min("id") from {{ ref('payments') }} where "createdAt" = (select min("createdAt") from {{ ref('payments') }}))
