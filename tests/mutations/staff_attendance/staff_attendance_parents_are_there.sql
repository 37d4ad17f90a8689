-- a substitute who does not exist
-- Also fails: substitutes_are_there, summaries_name_a_substitute
update {{ ref('substitutions') }}
set "substituteTeacherId" = 'nobody'
where "id" = (select min("id") from {{ ref('substitutions') }} where "status" = 'approved')
