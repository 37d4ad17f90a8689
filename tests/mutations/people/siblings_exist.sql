-- All children of a branch have one first contact.
-- Also fails: approved_name_the_first_contact, guardians_of_a_family_share_the_address, guardians_per_student,
--   invoice_amounts, messages_go_to_the_first_contact, people_keys_are_unique, people_parents_are_there,
--   preferences_of_first_contacts, sibling_birthdays, siblings_are_paid_together, siblings_have_the_same_guardians,
--   siblings_share_a_surname
update {{ ref('student_guardians') }}
set "guardianId" = (select min("id") from {{ ref('guardians') }})
where "isPrimary"
