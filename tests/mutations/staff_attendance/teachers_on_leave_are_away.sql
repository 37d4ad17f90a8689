-- a teacher who was present on the last day is on leave in the staff list
update {{ ref('staff') }}
set "status" = 'on_leave'
where "id" = (
    select min(teacher."staffId")
    from {{ ref('teachers') }} as teacher
    join {{ ref('teacher_attendance') }} as mark on mark."teacherId" = teacher."id"
    where mark."status" = 'PRESENT'
      and mark."date"::date > {{ var('as_of') }} - 10
)
