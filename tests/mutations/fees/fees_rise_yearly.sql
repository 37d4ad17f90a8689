-- A class had its schedule a year before at the same fee.
-- Also fails: fee_structure_for_each_grade_and_year, fees_around_the_base_fee
insert into {{ ref('fee_structures') }} ("id", "branchId", "gradeId")
select "feeStructureId" || '-2', "branchId", "classId"
from {{ ref('fee_schedules') }}
where "id" = (select min("id") from {{ ref('fee_schedules') }})
;
insert into {{ ref('fee_schedules') }} ("id", "branchId", "feeStructureId", "recurrence", "dueDayOfMonth", "startDate", "endDate", "classId", "sectionId", "status")
select "id" || '-2', "branchId", "feeStructureId" || '-2', "recurrence", "dueDayOfMonth", (left("startDate", 4)::int - 1) || '-04-01', "startDate", "classId", "sectionId", 'paused'
from {{ ref('fee_schedules') }}
where "id" = (select min("id") from {{ ref('fee_schedules') }})
;
insert into {{ ref('fee_components') }} ("id", "branchId", "feeStructureId", "name", "type", "amount")
select "id" || '-2', "branchId", "feeStructureId" || '-2', "name", "type", "amount"
from {{ ref('fee_components') }}
where "feeStructureId" = (select "feeStructureId" from {{ ref('fee_schedules') }} where "id" = (select min("id") from {{ ref('fee_schedules') }} where "id" not like '%-2'))
