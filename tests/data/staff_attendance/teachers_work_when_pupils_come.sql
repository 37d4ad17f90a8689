-- The days of the teachers' register are those of the pupils'. A row: a branch's day that is in one of them only.
with teacher_days as (
    select distinct "branchId" as branch, "date" as day
    from {{ ref('teacher_attendance') }}
),

pupil_days as (
    select "branchId" as branch, "date" as day
    from {{ ref('attendance_records') }}
    group by "branchId", "date"
)

select coalesce(teacher_days.branch, pupil_days.branch) as branch, coalesce(teacher_days.day, pupil_days.day) as day
from teacher_days
full join pupil_days
    on pupil_days.branch = teacher_days.branch
    and pupil_days.day = teacher_days.day
where teacher_days.day is null
   or pupil_days.day is null
