-- The pupils of a branch are all put into one section.
update {{ ref('enrollments') }}
set "sectionId" = (select min("id") from {{ ref('sections') }} where "branchId" = 'dps-main')
where "branchId" = 'dps-main'
