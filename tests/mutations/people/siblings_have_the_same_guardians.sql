-- A stranger's child gets the first contact of another family, and keeps a parent of its own.
-- Also fails: guardians_of_a_family_share_the_address, guardians_per_student, invoice_amounts,
--   messages_go_to_the_first_contact, sibling_birthdays, siblings_share_a_surname
update {{ ref('student_guardians') }}
set "guardianId" = (select min("guardianId") from {{ ref('student_guardians') }} where "isPrimary")
where "isPrimary"
  and "studentId" = (
    select min("studentId")
    from (
        select "studentId"
        from {{ ref('student_guardians') }}
        group by "studentId"
        having count(*) > 1
    ) as with_both_parents
  )
