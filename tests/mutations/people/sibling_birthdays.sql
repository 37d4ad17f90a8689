-- Two pupils are made brothers who are born a hundred days apart.
-- Also fails: ages_fit_grades, approved_become_newcomers, approved_name_the_first_contact, audit_data_agree,
--   guardians_of_a_family_share_the_address, invoice_amounts, messages_go_to_the_first_contact, newcomers_have_applied,
--   one_primary_guardian, people_parents_are_there, siblings_have_the_same_guardians, siblings_share_a_surname
insert into {{ ref('student_guardians') }}
    ("id", "studentId", "guardianId", "relation", "isPrimary", "canPickup", "emergencyContact")
select first_child."id" || '-2', other."id", first_child."guardianId", first_child."relation", true, true, true
from {{ ref('student_guardians') }} as first_child
join {{ ref('students') }} as other
    on other."id" = (select max("id") from {{ ref('students') }})
where first_child."isPrimary"
  and first_child."studentId" = (select min("id") from {{ ref('students') }})
;
update {{ ref('students') }}
set "dob" = '2015-05-01'
where "id" = (select min("id") from {{ ref('students') }})
;
update {{ ref('students') }}
set "dob" = '2015-08-09'
where "id" = (select max("id") from {{ ref('students') }})
