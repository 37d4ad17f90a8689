-- An invoice asks for ten rupees less than the fee.
update {{ ref('invoices') }}
set "amount" = "amount" - 10
where "id" = (select min("id") from {{ ref('invoices') }})
