-- Also fails: approved_name_the_first_contact, newcomers_have_applied
update {{ ref('applications') }} set "lastName" = 'Nobody' where "id" = (select min("id") from {{ ref('applications') }} where "status" = 'APPROVED')
