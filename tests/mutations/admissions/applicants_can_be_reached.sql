-- Also fails: approved_name_the_first_contact
update {{ ref('applications') }} set "guardianEmail" = 'someone@gmail.com' where "id" = (select min("id") from {{ ref('applications') }})
