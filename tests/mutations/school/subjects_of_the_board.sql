-- A subject has a code that the board does not know.
-- Also fails: credits_are_the_lookups, papers_of_taught_subjects
update {{ ref('subjects') }}
set "code" = "code" || 'X'
where "id" = (select min("id") from {{ ref('subjects') }})
