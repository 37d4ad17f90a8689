-- Only pupils of a branch's last grade graduate. A row: one who graduated below it.
with top as (
    select "branchId" as branch, max("gradeLevel") as level
    from {{ ref('classes') }}
    group by "branchId"
)

select student."id", class."name"
from {{ ref('students') }} as student
join {{ ref('classes') }} as class
    on class."id" = student."classId"
join top
    on top.branch = student."branchId"
where student."status" = 'graduated'
  and class."gradeLevel" <> top.level
