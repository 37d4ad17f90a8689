-- Two pupils of one family get different surnames and one given name, and are both boys.
-- Also fails: approved_become_newcomers, approved_name_the_first_contact, audit_data_agree,
--   guardians_of_a_family_share_the_address, invoice_amounts, messages_go_to_the_first_contact, newcomers_have_applied,
--   one_primary_guardian, people_parents_are_there, roll_numbers_in_name_order, siblings_have_the_same_guardians
insert into {{ ref('student_guardians') }}
    ("id", "studentId", "guardianId", "relation", "isPrimary", "canPickup", "emergencyContact")
select
    "id" || '-2', (select max("id") from {{ ref('students') }}), "guardianId", "relation", "isPrimary", "canPickup",
    "emergencyContact"
from {{ ref('student_guardians') }}
where "studentId" = (select min("id") from {{ ref('students') }})
;
update {{ ref('students') }}
set "gender" = 'male', "lastName" = 'Nobody ' || "rollNumber", "firstName" = 'Arjun'
where "id" in (select min("id") from {{ ref('students') }} union all select max("id") from {{ ref('students') }})
