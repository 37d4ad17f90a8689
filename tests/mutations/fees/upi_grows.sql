-- A year before, everybody paid by UPI, and nobody does now.
insert into {{ ref('invoices') }} ("id", "branchId", "invoiceNumber", "studentId", "period", "dueDate", "amount", "status")
select "id" || '-2', "branchId", "invoiceNumber" || '-2', "studentId", left("period", 3) || (substring("period", 4, 4)::int - 1) || '-00', "dueDate", "amount", "status"
from {{ ref('invoices') }}
;
insert into {{ ref('payments') }} ("id", "branchId", "invoiceId", "gateway", "amount", "status", "reference", "method", "createdAt", "updatedAt")
select "id" || '-2', "branchId", "invoiceId" || '-2', "gateway", "amount", "status", "reference" || '-2', 'upi', "createdAt", "updatedAt"
from {{ ref('payments') }}
;
update {{ ref('payments') }}
set "method" = 'cash'
where "id" not like '%-2'
