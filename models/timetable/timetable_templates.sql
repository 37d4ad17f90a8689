{{ config(table='TimetableTemplate', slice_by=['branch', 'year'], tags=['timetable'],
          rows='branch.last_level - branch.first_level + 1') }}

-- One row per grade and academic year: the shape of its week, from which the sections' timetables were made.
-- Rows: the branch's grades. Days, lessons a day and breaks are those of the seed school_hours; pre-primary, which is
-- levels 0 to 2, goes home after five lessons and the first break.
-- Estimate: the hours, and the day on which the office entered it.

with shaped as (                     -- each grade with its lessons a day, its breaks, and when its day ends
    select
        grade.level,
        grade.name,
        case when grade.level <= 2 then 5 else 8 end                                    as lessons,
        case when grade.level <= 2 then '11:55' else '14:25' end                        as ends_at,
        case
            when grade.level <= 2 then '[{"after": 3, "type": "short", "minutes": 15}]'
            else '[{"after": 3, "type": "short", "minutes": 15}, {"after": 5, "type": "lunch", "minutes": 30}]'
        end                                                                             as breaks
    from {{ seed('grades') }} as grade
    where grade.level between {{ branch.first_level }} and {{ branch.last_level }}
),

entered as (                         -- when all were: before the timetables, which come in the second half of March
    select {{ not_sunday(year.starts_on ~ ' - ' ~ random_int('entered', '1', 20, 40) ~ '::int') }} as day
)

select
    {{ key('shaped.level') }}                                                           as "id",
    {{ branch.id }}                                                                     as "branchId",
    shaped.name || ', ' || {{ year.name }}                                              as "name",
    'Monday to Saturday, ' || shaped.lessons
        || ' lessons of 40 minutes a day, 08:00 to ' || shaped.ends_at                  as "description",
    shaped.level                                                                        as "gradeLevel",
    {{ year.name }}                                                                     as "academicYear",
    {{ year.no }} = {{ current_year() }}                                                as "isDefault",
    '{"days": [1, 2, 3, 4, 5, 6], "lessonsPerDay": ' || shaped.lessons
        || ', "lessonMinutes": 40, "assembly": {"from": "08:00", "to": "08:20"}, "breaks": ' || shaped.breaks
        || ', "dayEnds": "' || shaped.ends_at || '"}'                                   as "config",
    {{ office_hour('created', 'shaped.level', 'entered.day') }}                         as "createdAt",
    {{ office_hour('created', 'shaped.level', 'entered.day') }}                         as "updatedAt"
from shaped
cross join entered
