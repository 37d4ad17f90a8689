-- A record is of a pupil of its branch, and whoever marked it is a teacher of its branch; every record has a branch that
-- exists.
-- A row: a pupil, teacher and branch that do not belong together, and in how many records.
with references_made as (
    select "branchId" as branch, "studentId" as student, "markedBy" as teacher, count(*) as records
    from {{ ref('attendance_records') }}
    group by "branchId", "studentId", "markedBy"
)

select made.branch, made.student, made.teacher, made.records
from references_made as made
left join {{ ref('tenants') }} as tenant
    on tenant."id" = made.branch
left join {{ ref('students') }} as student
    on student."id" = made.student
    and student."branchId" = made.branch
left join {{ ref('teachers') }} as teacher
    on teacher."id" = made.teacher
    and teacher."branchId" = made.branch
where tenant."id" is null
   or student."id" is null
   or (made.teacher is not null and teacher."id" is null)
