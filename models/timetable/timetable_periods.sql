{{ config(table='TimetablePeriod', slice_by=['branch', 'year'], tags=['timetable'], rows=per_section(57)) }}

-- One row per section and period of its week in an academic year: the lessons, and the breaks between them.
-- Rows: those of lessons, and two breaks a day; in pre-primary, which goes home before lunch, one. No teacher, room
-- or section is in two places at once: see lessons for why.
-- Estimate: when the timetable was entered, in the last two weeks of March, and whether it was changed just before
-- April.

with sections as (                   -- the sections that have lessons
    select distinct
        level,
        letter
    from {{ ref('lessons') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
),

periods as (                         -- lessons, with a teacher and a room, and breaks, without
    select
        n,
        level,
        letter,
        weekday,
        period_no,
        starts_at,
        ends_at,
        code,
        teacher_n,
        room_n,
        null::text                                                                      as break_type
    from {{ ref('lessons') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
    union all
    select
        -- the breaks of a section come after its lessons, which end with slot 47
        {{ lesson_n('section.level', 'section.letter', '48 + (weekday.no - 1) * 2') }}
            + case hour.break_type when 'short' then 0 else 1 end,
        section.level,
        section.letter,
        weekday.no,
        hour.period_no,
        hour.starts_at,
        hour.ends_at,
        null::text,
        null::bigint,
        null::bigint,
        hour.break_type
    from sections as section
    cross join generate_series(1, 6) as weekday(no)
    join {{ seed('school_hours') }} as hour
        on hour.slot_type = 'break'
    where section.level > 2
       or hour.break_type = 'short'
),

entered_days as (                    -- when each section's timetable is entered, as a whole; some are changed later
    select
        level,
        letter,
        {{ section_n('level', 'letter') }}                                              as section_n,
        {{ year.starts_on }}
            - {{ random_int('entered', section_n('level', 'letter'), 3, 14) }}::int     as day,
        {{ chance('changed', section_n('level', 'letter'), var('changed_timetable_share')) }} as is_changed
    from sections
),

entered as (                         -- the moments of both; changes are made on the last working day of the old year
    select
        level,
        letter,
        {{ office_hour('created', 'section_n', not_sunday('day')) }}                    as created_at,
        case
            when is_changed then {{ office_hour('updated', 'section_n', not_sunday(year.starts_on ~ ' - 1')) }}
            else {{ office_hour('created', 'section_n', not_sunday('day')) }}
        end                                                                             as updated_at
    from entered_days
)

select
    {{ key('period.n') }}                                                               as "id",
    {{ branch.id }}                                                                     as "branchId",
    {{ key_of('sections', section_n('period.level', 'period.letter')) }}                as "sectionId",
    period.weekday                                                                      as "dayOfWeek",
    period.period_no                                                                    as "periodNumber",
    period.starts_at                                                                    as "startTime",
    period.ends_at                                                                      as "endTime",
    case when period.code is not null then {{ key_of('subjects', text_hash('period.code')) }} end as "subjectId",
    {{ key_of('teachers', 'period.teacher_n') }}                                        as "teacherId",
    {{ key_of('rooms', 'period.room_n') }}                                              as "roomId",
    period.break_type is not null                                                       as "isBreak",
    period.break_type                                                                   as "breakType",
    {{ key_of('academic_years', '1') }}                                                 as "academicYearId",
    entered.created_at                                                                  as "createdAt",
    entered.updated_at                                                                  as "updatedAt"
from periods as period
join entered
    on entered.level = period.level
    and entered.letter = period.letter
