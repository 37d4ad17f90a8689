{{ config(table='AttendanceRecord', slice_by=['branch', 'year'], tags=['attendance'],
          rows=per_seat(200) ~ ' * [1, var("attendance_days") / 365]|min',
          chunks={'parts': cohort_sections(), 'begins': cohort_section_begins(), 'keys': 512},
          lint={'integer-division': 'a threshold among 2^32 draws: what is dropped is less than a hundred of them'}) }}

-- One row per enrolled pupil and school day, from the pupil's first day to his last, up to the as-of date,
-- of the last var('attendance_days') days.
--
-- Absence comes in two forms. A spell is an illness of two to six days with one reason, at most one in a fortnight.
-- Single days are drawn day by day. How often a pupil is absent depends on the grade, on the day (month, weekday, a
-- holiday next to it, board examinations ahead) and on the pupil: some are absent three times as often as others.
--
-- The class teacher takes the roll, or who is there in his place: see roll_takers.
--
-- Rows: some 215 per pupil in a year that is over. All rates are estimates bracketed by published ones: see the seeds.
--
-- This is the largest model; a row costs one hash, two joins with small tables and a few integer comparisons. Rates are
-- whole numbers: an absence rate is in hundredths of a percent, a pupil's weight in percent of the usual, and 4295
-- turns their product, which is in millionths, into the hash's scale, where certainty is 2^32. A mark's row number is
-- the pupil's times 512 plus the day's, counted from 1 April; a fortnight's is the pupil's times 32 plus the
-- fortnight's. In the project all but the last select is in macros/roll_call.sql, because student_period_attendance
-- says the same of the last days.

with {{ roll_call() }}

select
    {{ key('mark.n') }}                                                                 as "id",
    {{ branch.id }}                                                                     as "branchId",
    mark.student_id                                                                     as "studentId",
    mark.iso_day                                                                        as "date",
    mark.status                                                                         as "status",
    because.reason                                                                      as "reason",
    mark.marked_by                                                                      as "markedBy",
    mark.source                                                                         as "source"
from marks as mark
left join {{ slots('absence_reasons') }} as because
    on because.status = mark.status
    and because.is_spell = mark.is_spell
    and because.slot = mark.reason_slot
