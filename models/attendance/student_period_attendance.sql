{{ config(table='StudentPeriodAttendance', slice_by=['branch', 'year'], tags=['attendance', 'timetable'],
          rows=this_year(per_seat('7.2 * var("period_days")')),
          chunks={'parts': cohort_sections(), 'begins': cohort_section_begins(), 'keys': 4096},
          lint={'integer-division': 'a threshold among 2^32 draws: what is dropped is less than a hundred of them',
                'function-in-join': 'at most 27 fortnights of a year beside each pupil'}) }}

-- One row per lesson held on the last var('period_days') school days and pupil enrolled in the section.
--
-- It agrees with the register of the day. Who is absent or excused there is so in every lesson, or medical where he has
-- brought a certificate; who is late there is late for the first lesson and present from the second on; and who is
-- present there is present, but for a few who spend a block of lessons at a rehearsal, at sports, in the sick room, or
-- suspended from class within the school.
--
-- Rows: some 7.4 a pupil and day; lessons that nobody could take have none. Estimate: what keeps pupils from lessons
-- (seed period_events), what teachers note (seed period_notes), and when in the lesson they take the roll.
--
-- The steps from `attending` to `marks` are the register's own: see attendance_records. The rest makes a row for each
-- lesson of them.

with lately as (                     -- the days of this year whose lessons have registers of their own
    select day_no
    from {{ ref('recent_days') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
      and not is_planned
),

{{ roll_call(days='lately') }},

pupil_days as materialized (         -- each mark with its section and reason, and with what the day may bring the pupil
    select
        mark.n,
        mark.student_id,
        {{ section_n('attended.level', 'attended.letter') }}                            as section_n,
        attended.level,
        {{ day_no_of('mark.n') }}                                                       as day_no,
        case
            when because.reason = 'Medical leave on certificate' then 'medical'
            else mark.status
        end                                                                             as status,
        because.reason,
        {{ random_int('minutes late', 'mark.n', 5, 35) }}::int                          as minutes_late,
        {{ pick('event', 'mark.n', 'period_events') }}                                  as event_slot,
        {{ pick('note', 'mark.n', 'period_notes') }}                                    as note_slot
    from marks as mark
    join {{ ref('pupil_years') }} as attended
        on attended.n = {{ who_of_day('mark.n') }}
    left join {{ slots('absence_reasons') }} as because
        on because.status = mark.status
        and because.is_spell = mark.is_spell
        and because.slot = mark.reason_slot
    where attended.branch_no = {{ branch.no }}
      and attended.year_no = {{ year.no }}
),

days as materialized (               -- with the event, for who is present, and the note, for who is not
    select
        pupil.n,
        pupil.student_id,
        pupil.section_n,
        pupil.day_no,
        pupil.status,
        pupil.reason,
        case when pupil.status = 'late' then pupil.minutes_late end                     as minutes_late,
        note.note,
        event.status                                                                    as event_status,
        event.first_period,
        event.last_period,
        event.reason                                                                    as event_reason,
        event.notes                                                                     as event_notes
    from pupil_days as pupil
    left join {{ slots('period_events') }} as event
        on event.slot = pupil.event_slot
        and event.status <> 'present'
        and pupil.status = 'present'
        and pupil.level between event.first_level and event.last_level
    left join {{ slots('period_notes') }} as note
        on note.status = pupil.status
        and note.slot = pupil.note_slot
),

held as materialized (               -- the lessons held, with their keys and the moment of the roll call
    select
        {{ section_n('level', 'letter') }}                                              as section_n,
        day_no,
        period,
        {{ key_of('attendance_sessions', 'n') }}                                        as session_id,
        {{ key_of('teachers', 'taught_by_n') }}                                         as marked_by,
        {{ utc_moment('day', 'starts') }}::timestamp(3)                                 as begins_at,
        (
            {{ utc_moment('day', 'starts') }}
            + interval '1 second' * {{ random_int('roll call', 'n', 120, 900) }}::int
        )::timestamp(3)                                                                 as marked_at
    from {{ ref('recent_lessons') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
      and status = 'completed'
)

select
    {{ key('day.n * 8 + held.period - 1') }}                                            as "id",   -- eight lessons
    held.session_id                                                                     as "sessionId",
    day.student_id                                                                      as "studentId",
    case
        when day.status = 'late' then case when held.period = 1 then 'late' else 'present' end
        when held.period between day.first_period and day.last_period then day.event_status
        else day.status
    end                                                                                 as "status",
    case when held.period = 1 then day.minutes_late end                                 as "minutesLate",
    case
        when day.status = 'late' then case when held.period = 1 then day.reason end
        when held.period between day.first_period and day.last_period then day.event_reason
        else day.reason
    end                                                                                 as "reason",
    case
        when held.period between day.first_period and day.last_period then day.event_notes
        when held.period = 1 then day.note
    end                                                                                 as "notes",
    case                             -- who comes late is marked when he comes
        when held.period = 1 and day.minutes_late is not null
            then greatest(held.marked_at, held.begins_at + interval '1 minute' * day.minutes_late)
        else held.marked_at
    end::timestamp(3)                                                                   as "markedAt",
    held.marked_by                                                                      as "markedBy"
from days as day
join held
    on held.section_n = day.section_n
    and held.day_no = day.day_no
