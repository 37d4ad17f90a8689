-- An invoice asks for ten rupees less than the fee.
-- Also fails: payments_add_up, totals_reconcile
update {{ ref('invoices') }}
set "amount" = "amount" - 10
where "id" = (select min("id") from {{ ref('invoices') }})
