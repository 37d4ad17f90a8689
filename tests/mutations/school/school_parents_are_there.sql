-- The sections of one branch belong to a class of another one.
update {{ ref('sections') }}
set "classId" = (select min("id") from {{ ref('classes') }} where "branchId" <> 'dps-main')
where "branchId" = 'dps-main'
