-- Keys and unique columns of the tables of fees hold each value once. A row: a value that is there more often.
select 'fee_structures' as what, "id" as value, count(*) as times from {{ ref('fee_structures') }} group by "id" having count(*) > 1
union all
select 'fee_components', "id", count(*) from {{ ref('fee_components') }} group by "id" having count(*) > 1
union all
select 'fee_schedules', "id", count(*) from {{ ref('fee_schedules') }} group by "id" having count(*) > 1
union all
select 'invoices', "id", count(*) from {{ ref('invoices') }} group by "id" having count(*) > 1
union all
select 'invoices.invoiceNumber', "invoiceNumber", count(*) from {{ ref('invoices') }} group by "invoiceNumber" having count(*) > 1
union all
select 'invoices.period', "studentId" || ' ' || "period", count(*) from {{ ref('invoices') }}
group by "studentId", "period" having count(*) > 1
union all
select 'payments', "id", count(*) from {{ ref('payments') }} group by "id" having count(*) > 1
union all
select 'payments.reference', "reference", count(*) from {{ ref('payments') }} group by "reference" having count(*) > 1
