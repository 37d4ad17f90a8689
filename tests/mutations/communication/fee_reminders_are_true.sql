-- Also fails: payments_add_up, payments_in_time, totals_reconcile
update {{ ref('payments') }} set "status" = 'success', "updatedAt" = timestamp '2010-01-01 06:00:00', "amount" = 900000
where "invoiceId" = (
    select min(i."id") from {{ ref('invoices') }} as i
    join {{ ref('messages') }} as m on m."payload"::json ->> 'invoiceNumber' = i."invoiceNumber"
    join {{ ref('templates') }} as t on t."id" = m."templateId"
    join {{ ref('payments') }} as p on p."invoiceId" = i."id"
    where t."name" like 'Fee reminder%'
)
