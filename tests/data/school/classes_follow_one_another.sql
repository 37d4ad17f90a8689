-- A branch teaches its grades without a gap, each once, under the name that belongs to the level.
-- A row: a class with a wrong name or level, or a branch with a gap or a class twice.
select class."branchId" as branch, class."name" as class, class."gradeLevel" as level
from {{ ref('classes') }} as class
left join {{ seed('grades') }} as grade
    on grade.level = class."gradeLevel"
where grade.level is null
   or grade.name <> class."name"
union all
select "branchId", 'classes of the branch', count(*)::int
from {{ ref('classes') }}
group by "branchId"
having max("gradeLevel") - min("gradeLevel") + 1 <> count(*)
    or count(distinct "gradeLevel") <> count(*)
