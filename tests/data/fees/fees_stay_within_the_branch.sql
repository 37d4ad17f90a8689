-- Every row about fees has a branch, that of the row that it belongs to, and that row is there; so has the class of a
-- structure and a schedule, though no foreign key leads to it. A row: one without a branch, or with another one.
select 'fee_structures' as what, child."id"
from {{ ref('fee_structures') }} as child
left join {{ ref('classes') }} as parent
    on parent."id" = child."gradeId"
where coalesce(child."branchId" <> parent."branchId", true)
union all
select 'fee_components', child."id"
from {{ ref('fee_components') }} as child
left join {{ ref('fee_structures') }} as parent
    on parent."id" = child."feeStructureId"
where coalesce(child."branchId" <> parent."branchId", true)
union all
select 'fee_schedules', child."id"
from {{ ref('fee_schedules') }} as child
left join {{ ref('fee_structures') }} as parent
    on parent."id" = child."feeStructureId"
where coalesce(child."branchId" <> parent."branchId", true)
union all
select 'fee_schedules.classId', child."id"
from {{ ref('fee_schedules') }} as child
left join {{ ref('classes') }} as parent
    on parent."id" = child."classId"
where coalesce(child."branchId" <> parent."branchId", true)
union all
select 'invoices', child."id"
from {{ ref('invoices') }} as child
left join {{ ref('students') }} as parent
    on parent."id" = child."studentId"
where coalesce(child."branchId" <> parent."branchId", true)
union all
select 'payments', child."id"
from {{ ref('payments') }} as child
left join {{ ref('invoices') }} as parent
    on parent."id" = child."invoiceId"
where coalesce(child."branchId" <> parent."branchId", true)
