-- Everybody pays the same.
-- Also fails: audit_data_agree, fee_reminders_are_true, invoice_amounts, invoice_status_follows, payments_add_up,
--   totals_reconcile
update {{ ref('invoices') }}
set "amount" = 10000
