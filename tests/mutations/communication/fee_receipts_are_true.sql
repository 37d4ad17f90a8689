-- Also fails: invoice_status_follows
update {{ ref('payments') }} set "status" = 'failed'
where "reference" = (
    select min(m."payload"::json ->> 'reference') from {{ ref('messages') }} as m join {{ ref('templates') }} as t on t."id" = m."templateId"
    where t."name" like 'Fee receipt%'
)
