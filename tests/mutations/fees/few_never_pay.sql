-- Nobody pays.
-- Also fails: audit_entities_exist, fee_receipts_are_true, fee_reminders_are_true, invoice_status_follows,
--   totals_reconcile
delete from {{ ref('payments') }}
