-- All fees are doubled.
update {{ ref('fee_components') }}
set "amount" = "amount" * 2
