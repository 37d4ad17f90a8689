-- Everybody pays the same.
update {{ ref('invoices') }}
set "amount" = 10000
