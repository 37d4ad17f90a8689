-- Also fails: templates_list_their_placeholders
update {{ ref('templates') }} set "content" = 'Priya abhibhavak' where "id" = (select min("id") from {{ ref('templates') }} where "locale" = 'hi')
