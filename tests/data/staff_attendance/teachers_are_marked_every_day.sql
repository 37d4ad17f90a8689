-- A teacher is marked on every day of his branch between his first and his last one, and who is still in post up to the
-- last. A row: a teacher of whom that is not true.
with days as (
    select "branchId" as branch, "date" as day, row_number() over (partition by "branchId" order by "date" collate "C") as place
    from {{ ref('teacher_attendance') }}
    group by "branchId", "date"
),

lasts as (
    select branch, max(place) as place
    from days
    group by branch
),

marked as (
    select
        mark."branchId" as branch,
        mark."teacherId" as teacher,
        count(*) as marks,
        min(days.place) as first_place,
        max(days.place) as last_place
    from {{ ref('teacher_attendance') }} as mark
    join days
        on days.branch = mark."branchId"
        and days.day = mark."date"
    group by mark."branchId", mark."teacherId"
)

select teacher."id", marked.marks, marked.first_place, marked.last_place
from lasts
join {{ ref('teachers') }} as teacher
    on teacher."branchId" = lasts.branch
join {{ ref('staff') }} as member
    on member."id" = teacher."staffId"
left join marked
    on marked.teacher = teacher."id"
where marked.marks <> marked.last_place - marked.first_place + 1
   or (member."status" <> 'inactive' and marked.last_place is distinct from lasts.place)
