-- A class loses its fee schedule.
-- Also fails: invoice_amounts, invoice_due_dates
delete from {{ ref('fee_schedules') }}
where "id" = (select min("id") from {{ ref('fee_schedules') }})
