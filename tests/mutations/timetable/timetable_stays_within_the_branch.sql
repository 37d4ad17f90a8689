update {{ ref('teacher_constraints') }}
set "branchId" = (select max("branchId") from {{ ref('teacher_constraints') }})
