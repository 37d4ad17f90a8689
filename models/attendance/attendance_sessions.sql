{{ config(table='AttendanceSession', slice_by=['branch', 'year'], tags=['attendance', 'timetable'],
          rows=this_year(per_section('8 * (var("period_days") + 1)'))) }}

-- One row per lesson of the timetable on each of the last var('period_days') school days, and on the next one to come.
--
-- A lesson is completed, by its teacher or by a substitute; or cancelled, where the teacher was away and nobody could
-- stand in; or scheduled, on the day to come. The as-of date's own lessons are over.
-- date is midnight of the school day, as India writes it; startTime and endTime are moments in UTC.
-- Rows: those of recent_lessons. Estimate: when a register is closed, within half an hour of the lesson's end.

select
    {{ key('lesson.n') }}                                                               as "id",
    {{ branch.id }}                                                                     as "branchId",
    lesson.day::timestamp(3)                                                            as "date",
    {{ key_of('timetable_periods', 'lesson.lesson_n') }}                                as "periodId",
    {{ key_of('sections', section_n('lesson.level', 'lesson.letter')) }}                as "sectionId",
    {{ key_of('subjects', text_hash('lesson.code')) }}                                  as "subjectId",
    {{ key_of('teachers', 'lesson.teacher_n') }}                                        as "assignedTeacherId",
    case when lesson.taught_by_n is not null then {{ key_of('teachers', 'lesson.taught_by_n') }} end as "actualTeacherId",
    {{ utc_moment('lesson.day', 'lesson.starts') }}::timestamp(3)                       as "startTime",
    {{ utc_moment('lesson.day', 'lesson.ends') }}::timestamp(3)                         as "endTime",
    lesson.status                                                                       as "status",
    case
        when lesson.status = 'completed'
            then {{ utc_moment('lesson.day', 'lesson.ends') }}
                + interval '1 second' * {{ random_int('closed', 'lesson.n', 60, 1799) }}::int
    end::timestamp(3)                                                                   as "lockedAt",
    -- the lessons of a day are entered at eight on the school day before
    {{ utc_moment('lesson.planned_on', '480') }}::timestamp(3)                          as "createdAt",
    case lesson.status
        when 'completed'
            then {{ utc_moment('lesson.day', 'lesson.ends') }}
                + interval '1 second' * {{ random_int('closed', 'lesson.n', 60, 1799) }}::int
        when 'cancelled' then {{ utc_moment('lesson.day', 'lesson.starts') }}
        else {{ utc_moment('lesson.planned_on', '480') }}
    end::timestamp(3)                                                                   as "updatedAt"
from {{ ref('recent_lessons') }} as lesson
where lesson.branch_no = {{ branch.no }}
  and lesson.year_no = {{ year.no }}
