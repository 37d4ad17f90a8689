-- The successful payments of an invoice never exceed its amount, and make it exactly when it is paid; every payment is a
-- positive number of rupees, and no more than the invoice. A row: an invoice that this is not true of.
select invoice."id", invoice."amount", invoice."status", sum(payment."amount") as attempted
from {{ ref('invoices') }} as invoice
join {{ ref('payments') }} as payment
    on payment."invoiceId" = invoice."id"
group by invoice."id", invoice."amount", invoice."status"
having sum(case when payment."status" = 'success' then payment."amount" else 0 end) > invoice."amount"
    or (sum(case when payment."status" = 'success' then payment."amount" else 0 end) = invoice."amount")
        <> (invoice."status" = 'paid')
    or min(payment."amount") <= 0
    or max(payment."amount") > invoice."amount"
