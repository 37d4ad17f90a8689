-- The younger children's fees come a day later than the elder ones'.
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
