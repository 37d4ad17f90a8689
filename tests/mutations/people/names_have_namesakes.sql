-- Half of the boys have one name.
-- Also fails: approved_become_newcomers, approved_name_the_first_contact, audit_data_agree,
--   messages_go_to_the_first_contact, newcomers_have_applied, roll_numbers_in_name_order, siblings_share_a_surname
update {{ ref('students') }}
set "firstName" = 'Ram', "lastName" = 'Kumar'
where "gender" = 'male'
  and "rollNumber"::int % 2 = 0
