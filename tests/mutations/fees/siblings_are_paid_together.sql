-- The younger children's fees come a day later than the elder ones'.
-- Also fails: audit_data_agree, payments_at_plausible_hours, payments_in_time, some_pay_late
update {{ ref('payments') }}
set "createdAt" = "createdAt" + interval '1 day' * (
    select (class."gradeLevel" * 20)::int
    from {{ ref('invoices') }} as invoice
    join {{ ref('students') }} as student
        on student."id" = invoice."studentId"
    join {{ ref('classes') }} as class
        on class."id" = student."classId"
    where invoice."id" = {{ ref('payments') }}."invoiceId"
)
