-- Every class of a branch has one fee structure in every academic year, with one quarterly schedule from the year's first
-- day to its last, for the whole class; it is active in the running year and paused before.
-- A row: a class and year without it or with several, or a structure, schedule or year that does not fit.
with wanted as (
    select
        class."id" as class_id,
        class."branchId" as branch,
        year."startDate" as starts,
        year."endDate" as ends,
        case when year."isActive" then 'active' else 'paused' end as status
    from {{ ref('classes') }} as class
    join {{ ref('academic_years') }} as year
        on year."branchId" = class."branchId"
),

found as (
    select
        structure."gradeId" as class_id,
        schedule."startDate" as starts,
        min(schedule."endDate" collate "C") as ends,
        min(schedule."status" collate "C") as status,
        min(schedule."recurrence" collate "C") as recurrence,
        count(*) as schedules,
        bool_and(coalesce(schedule."classId" = structure."gradeId" and schedule."sectionId" is null, false)) as agrees
    from {{ ref('fee_structures') }} as structure
    left join {{ ref('fee_schedules') }} as schedule
        on schedule."feeStructureId" = structure."id"
    group by structure."gradeId", schedule."startDate"
)

select wanted.class_id, wanted.starts, found.class_id as found_class, found.starts as found_starts, found.schedules
from wanted
full join found
    on found.class_id = wanted.class_id
    and found.starts = wanted.starts
where wanted.class_id is null
   or found.class_id is null
   or found.schedules <> 1
   or not found.agrees
   or found.ends <> wanted.ends
   or found.status <> wanted.status
   or found.recurrence <> 'quarterly'
