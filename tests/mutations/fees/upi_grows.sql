-- A year before, everybody paid by UPI, and nobody does now.
-- Also fails: audit_data_agree, failed_payments_are_tried_again, fee_vocabulary, invoice_amounts, invoice_due_dates,
--   invoices_for_the_time_enrolled, methods_and_gateways_agree, methods_by_year, overdue_fees_are_reminded,
--   payment_references, payments_at_plausible_hours, payments_in_time, upi_dominates
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
