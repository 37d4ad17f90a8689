-- A receipt follows a successful payment of the invoice that it names, with its amount and reference, and not before it.
-- A row is a receipt of which this is not true.
with receipts as materialized (
    select
        message."id",
        message."branchId",
        message."createdAt",
        message."payload"::jsonb ->> 'invoiceNumber' as invoice_number,
        message."payload"::jsonb ->> 'reference' as reference,
        (message."payload"::jsonb ->> 'amount')::int as amount
    from {{ ref('messages') }} as message
    join {{ ref('templates') }} as template
        on template."id" = message."templateId"
    where template."name" like 'Fee receipt%'
)

select receipt."id", receipt.reference
from receipts as receipt
left join {{ ref('payments') }} as payment
    on payment."reference" = receipt.reference
left join {{ ref('invoices') }} as invoice
    on invoice."id" = payment."invoiceId"
where payment."id" is null
   or payment."status" <> 'success'
   or payment."branchId" <> receipt."branchId"
   or payment."amount" <> receipt.amount
   or invoice."invoiceNumber" <> receipt.invoice_number
   or receipt."createdAt" < payment."updatedAt"
   or receipt."createdAt" > payment."updatedAt" + interval '1 hour'
