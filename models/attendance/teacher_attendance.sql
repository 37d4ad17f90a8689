{{ config(table='TeacherAttendance', slice_by=['branch', 'year'], tags=['attendance', 'staff'],
          rows=per_section(240) ~ ' * [1, var("attendance_days") / 365]|min') }}

-- One row per teacher in post and school day up to the as-of date: the staff register, as the office keeps it.
-- checkIn and checkOut are what the clock at the gate showed, 'HH:MM' in India; null for who did not come.
-- Rows: those of teacher_days, some 220 per teacher in a year that is over. Estimate: the remarks; the office writes
-- the register in the first lesson, 08:20 to 09:00, and closes it when the last teacher has gone, 15:15 to 15:35.

with marks as (                      -- each teacher and day, with where the remark stands in the list of its occasion
    select
        n,
        teacher_n,
        day,
        iso_day,
        status,
        leave_type,
        coalesce(leave_type, status)                                                    as occasion,
        is_long,
        arrives,
        leaves,
        {{ pick('remark', 'began_n', 'teacher_remarks') }}                              as remark_slot
    from {{ ref('teacher_days') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
)

select
    {{ key('mark.n') }}                                                                 as "id",
    {{ branch.id }}                                                                     as "branchId",
    {{ key_of('teachers', 'mark.teacher_n') }}                                          as "teacherId",
    mark.iso_day                                                                        as "date",
    {{ clock_text('mark.arrives') }}                                                    as "checkIn",
    {{ clock_text('mark.leaves') }}                                                     as "checkOut",
    mark.status                                                                         as "status",
    mark.leave_type                                                                     as "leaveType",
    replace(
        replace(remark.remark, '{arrival}', coalesce({{ clock_text('mark.arrives') }}, '')),
        '{minutes}',
        coalesce((mark.arrives - {{ clock_minutes("'08:00'") }})::text, '')             -- after the bell
    )                                                                                   as "remarks",
    (
        {{ utc_at('mark.day', '08:20') }}
        + interval '1 second' * {{ random_int('written', 'mark.n', 0, 2399) }}::int
    )::timestamp(3)                                                                     as "createdAt",
    (
        {{ utc_at('mark.day', '15:15') }}
        + interval '1 second' * {{ random_int('closed', 'mark.n', 0, 1199) }}::int
    )::timestamp(3)                                                                     as "updatedAt"
from marks as mark
join {{ slots('teacher_remarks') }} as remark
    on remark.occasion = mark.occasion
    and remark.is_long = mark.is_long
    and remark.slot = mark.remark_slot
