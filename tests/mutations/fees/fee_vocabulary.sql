-- An invoice has a status that nobody knows.
update {{ ref('invoices') }}
set "status" = 'open'
where "id" = (select min("id") from {{ ref('invoices') }})
