-- An invoice is due a year later.
update {{ ref('invoices') }}
set "dueDate" = (left("dueDate", 4)::int + 1) || substring("dueDate", 5, 6)
where "id" = (select min("id") from {{ ref('invoices') }})
