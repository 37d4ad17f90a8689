{{ config(table='Class', slice_by=['branch'], tags=['school'], rows='branch.last_level - branch.first_level + 1') }}

-- One row per grade that a branch teaches, from Nursery (level 0) to Class 12 (level 14) at most.
-- Rows: the branch's levels, first to last, which also number them. The same class serves every academic year.

select
    {{ key('grade.level') }}    as "id",
    {{ branch.id }}             as "branchId",
    grade.name                  as "name",
    grade.level                 as "gradeLevel"
from {{ seed('grades') }} as grade
where grade.level between {{ branch.first_level }} and {{ branch.last_level }}
