-- a substitute has studied nothing that is taught
update {{ ref('teachers') }}
set "subjects" = 'Astrology'
where "id" = (select min("substituteTeacherId") from {{ ref('substitutions') }})
