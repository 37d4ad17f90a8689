{{ config(table='FeeStructure', slice_by=['branch', 'year'], tags=['fees'],
          rows='branch.last_level - branch.first_level + 1') }}

-- One row per branch, academic year and grade: what its fee components and its schedule belong to.
-- Rows: the branch's grades. The table has no year: a structure is that of its schedule's first day.

select
    {{ key('level') }}                      as "id",
    {{ branch.id }}                         as "branchId",
    {{ key_of('classes', 'level') }}        as "gradeId"
from {{ seed('grades') }}
where level between {{ branch.first_level }} and {{ branch.last_level }}
