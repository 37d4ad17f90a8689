-- A pupil at the end of the roll comes first by name.
-- Also fails: approved_become_newcomers, approved_name_the_first_contact, audit_data_agree,
--   messages_go_to_the_first_contact, newcomers_have_applied
update {{ ref('students') }}
set "firstName" = 'Aaa'
where "rollNumber" = '3'
