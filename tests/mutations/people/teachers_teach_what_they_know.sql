-- The teachers of senior classes have no degree.
update {{ ref('teachers') }}
set "qualifications" = 'Class 12'
where "staffId" in (select "id" from {{ ref('staff') }} where "designation" like 'PGT%')
