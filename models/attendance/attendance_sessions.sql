{{ config(table='AttendanceSession', slice_by=['branch', 'year'], tags=['attendance', 'timetable'],
          rows=this_year(per_section('8 * (var("period_days") + 1)'))) }}

-- One row per lesson of the timetable on each of the last var('period_days') school days, and on the next one to come.
--
-- A lesson is completed, by its teacher or by a substitute; or cancelled, where the teacher was away and nobody could
-- stand in; or scheduled, on the day to come. The as-of date's own lessons are over.
-- date is midnight of the school day, as India writes it; startTime and endTime are moments in UTC.
-- Rows: those of recent_lessons, 48 a week for every section, and 30 in pre-primary. Estimate: when a register is
-- closed, 1 to 30 minutes after the lesson's end.

with lessons as (                    -- each lesson with its moments: planned, begun, ended, its register closed
    select
        n,
        day,
        lesson_n,
        {{ section_n('level', 'letter') }}                                              as section_n,
        code,
        teacher_n,
        taught_by_n,
        status,
        -- the lessons of a day are entered at eight on the school day before
        {{ utc_at('planned_on', '08:00') }}                                             as planned_at,
        {{ utc_moment('day', 'starts') }}                                               as starts_at,
        {{ utc_moment('day', 'ends') }}                                                 as ends_at,
        {{ utc_moment('day', 'ends') }}
            + interval '1 second' * {{ random_int('closed', 'n', 60, 1799) }}::int      as closed_at
    from {{ ref('recent_lessons') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
)

select
    {{ key('lesson.n') }}                                                               as "id",
    {{ branch.id }}                                                                     as "branchId",
    lesson.day::timestamp(3)                                                            as "date",
    {{ key_of('timetable_periods', 'lesson.lesson_n') }}                                as "periodId",
    {{ key_of('sections', 'lesson.section_n') }}                                        as "sectionId",
    {{ key_of('subjects', text_hash('lesson.code')) }}                                  as "subjectId",
    {{ key_of('teachers', 'lesson.teacher_n') }}                                        as "assignedTeacherId",
    {{ key_of('teachers', 'lesson.taught_by_n') }}                                      as "actualTeacherId",
    lesson.starts_at::timestamp(3)                                                      as "startTime",
    lesson.ends_at::timestamp(3)                                                        as "endTime",
    lesson.status                                                                       as "status",
    case when lesson.status = 'completed' then lesson.closed_at end::timestamp(3)       as "lockedAt",
    lesson.planned_at::timestamp(3)                                                     as "createdAt",
    case lesson.status
        when 'completed' then lesson.closed_at
        when 'cancelled' then lesson.starts_at
        else lesson.planned_at
    end::timestamp(3)                                                                   as "updatedAt"
from lessons as lesson
