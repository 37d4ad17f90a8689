-- All sections of a branch have one class teacher.
update {{ ref('sections') }}
set "homeroomTeacherId" = (select min("id") from {{ ref('teachers') }} where "branchId" = 'dps-main')
where "branchId" = 'dps-main'
