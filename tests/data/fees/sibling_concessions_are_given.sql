-- Where brothers and sisters are at school together, the younger ones' invoices are lower than those of other pupils of
-- the class. A row: the number of families, if there are such pupils and none pays less than the full fee.
with enrolled as (
    select tie."guardianId" as guardian, tie."studentId" as student, class."gradeLevel" as level
    from {{ ref('student_guardians') }} as tie
    join {{ ref('students') }} as student
        on student."id" = tie."studentId"
    join {{ ref('classes') }} as class
        on class."id" = student."classId"
    where tie."isPrimary"
      and student."status" = 'active'
),

families as (
    select guardian
    from enrolled
    group by guardian
    having count(*) > 1
),

lowered as (                         -- invoices of the same class and period that ask for less than the others
    select invoice."id" as id
    from {{ ref('invoices') }} as invoice
    join {{ ref('students') }} as student
        on student."id" = invoice."studentId"
    join (
        select other."classId" as class_id, invoice."period" as period, max(invoice."amount") as most
        from {{ ref('invoices') }} as invoice
        join {{ ref('students') }} as other
            on other."id" = invoice."studentId"
        where other."status" = 'active'
        group by other."classId", invoice."period"
    ) as usual
        on usual.class_id = student."classId"
        and usual.period = invoice."period"
    where student."status" = 'active'
      and invoice."amount" < usual.most
)

select count(*) as families
from families
having count(*) > 0
   and (select count(*) from lowered) = 0
