-- Two girls in three are missing.
-- Also fails: approved_become_newcomers, approved_name_the_first_contact, audit_entities_exist,
--   communication_has_a_branch, exams_stay_in_the_branch, fees_stay_within_the_branch, invoice_amounts,
--   lessons_parents_are_there, messages_go_to_the_first_contact, people_parents_are_there, records_parents_are_there,
--   roll_numbers_in_name_order
delete from {{ ref('students') }}
where "gender" = 'female'
  and "rollNumber"::int % 3 <> 0
