-- All fees are doubled.
-- Also fails: invoice_amounts
update {{ ref('fee_components') }}
set "amount" = "amount" * 2
