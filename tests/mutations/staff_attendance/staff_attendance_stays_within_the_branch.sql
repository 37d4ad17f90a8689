-- a mark without a branch
update {{ ref('teacher_attendance') }}
set "branchId" = ''
where "id" = (select min("id") from {{ ref('teacher_attendance') }} where true)
