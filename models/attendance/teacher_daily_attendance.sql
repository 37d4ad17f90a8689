{{ config(table='TeacherDailyAttendance', slice_by=['branch', 'year'], tags=['attendance', 'staff'],
          rows=per_section(240) ~ ' * [1, var("attendance_days") / 365]|min',
          lint={'total-order': 'a teacher misses a lesson of a period once a day',
                'integer-division': 'half an hour is added before: hundredths of an hour, rounded'}) }}

-- One row per teacher in post and school day up to the as-of date: the day's summary, with who stood in for him.
--
-- It says the same as teacher_attendance in another form: date is midnight of the school day, as India writes it,
-- checkIn and checkOut are moments in UTC, and totalHours is what lies between them, to the hundredth. The substitute
-- is who took the first of the lessons that he missed, if anybody did.
-- Rows: those of teacher_days, some 220 per teacher in a year that is over. The summary is made when the school has
-- closed, within five minutes of 15:45. Nothing else is drawn here.

with substitutes as (                -- who took lessons of an absent teacher, the first of the day first
    select
        teacher_n,
        day_no,
        substitute_n,
        row_number() over (partition by teacher_n, day_no order by period)              as turn
    from {{ ref('missed_lessons') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
      and substitute_n is not null
),

marks as (                           -- each teacher and day, with the moment of its summary
    select
        n,
        teacher_n,
        day_no,
        day,
        status,
        leave_type,
        arrives,
        leaves,
        (
            {{ utc_at('day', '15:45') }}
            + interval '1 second' * {{ random_int('summed up', 'n', 0, 299) }}::int
        )::timestamp(3)                                                                 as summed_up_at
    from {{ ref('teacher_days') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
)

select
    {{ key('mark.n') }}                                                                 as "id",
    {{ branch.id }}                                                                     as "branchId",
    {{ key_of('teachers', 'mark.teacher_n') }}                                          as "teacherId",
    mark.day::timestamp(3)                                                              as "date",
    {{ utc_moment('mark.day', 'mark.arrives') }}::timestamp(3)                          as "checkIn",
    {{ utc_moment('mark.day', 'mark.leaves') }}::timestamp(3)                           as "checkOut",
    mark.status                                                                         as "status",
    mark.leave_type                                                                     as "leaveType",
    {{ key_of('teachers', 'substitute.substitute_n') }}                                 as "substituteId",
    -- hundredths of an hour, rounded in whole numbers
    (((mark.leaves - mark.arrives) * 100 + 30) / 60)::double precision / 100            as "totalHours",
    mark.summed_up_at                                                                   as "createdAt",
    mark.summed_up_at                                                                   as "updatedAt"
from marks as mark
left join substitutes as substitute
    on substitute.teacher_n = mark.teacher_n
    and substitute.day_no = mark.day_no
    and substitute.turn = 1
