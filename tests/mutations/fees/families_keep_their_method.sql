-- The first quarter of a year is paid in cash, the second never.
-- Also fails: audit_data_agree, failed_payments_are_tried_again, methods_and_gateways_agree, methods_by_year,
--   payments_at_plausible_hours
update {{ ref('payments') }}
set "method" = 'cash'
where "invoiceId" in (select "id" from {{ ref('invoices') }} where "period" like 'Q1%' or "period" like 'Q3%')
;
update {{ ref('payments') }}
set "method" = 'upi'
where "invoiceId" in (select "id" from {{ ref('invoices') }} where "period" like 'Q2%' or "period" like 'Q4%')
