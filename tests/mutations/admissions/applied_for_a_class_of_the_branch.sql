-- Also fails: approved_become_newcomers, approved_name_the_first_contact, newcomers_have_applied
update {{ ref('applications') }} set "dob" = '1999-01-01' where "id" = (select min("id") from {{ ref('applications') }})
