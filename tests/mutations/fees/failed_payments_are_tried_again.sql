-- Every payment fails.
-- Also fails: fee_receipts_are_true, fee_reminders_are_true, few_never_pay, invoice_status_follows, payments_add_up,
--   totals_reconcile
update {{ ref('payments') }}
set "status" = 'failed'
