{{ config(table='FeeComponent', slice_by=['branch', 'year'], tags=['fees'],
          rows='8 * (branch.last_level - branch.first_level + 1)') }}

-- One row per fee structure and head: the rupees of a quarter. The components of a structure sum to the grade's fee.
-- Rows: those of quarterly_fees, which says what is estimated. A row's number is the grade's level times 32 and the
-- head's; the structure's is the level.

select
    {{ key('level * 32 + head_no') }}           as "id",
    {{ branch.id }}                             as "branchId",
    {{ key_of('fee_structures', 'level') }}     as "feeStructureId",
    name                                        as "name",
    type                                        as "type",
    amount                                      as "amount"
from {{ ref('quarterly_fees') }}
where branch_no = {{ branch.no }}
  and year_no = {{ year.no }}
