-- A pupil sits in a section of another branch.
update {{ ref('students') }}
set "sectionId" = (select min("id") from {{ ref('sections') }} where "branchId" <> 'dps-main')
where "branchId" = 'dps-main'
