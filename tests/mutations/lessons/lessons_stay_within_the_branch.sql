-- a lesson of a section of another branch
update {{ ref('attendance_sessions') }}
set "branchId" = (select max("branchId") from {{ ref('attendance_sessions') }})
where "id" = (select min("id") from {{ ref('attendance_sessions') }} where "branchId" <> (select max("branchId") from {{ ref('attendance_sessions') }}))
