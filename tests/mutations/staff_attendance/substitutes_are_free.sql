-- A teacher who stands in for somebody has a lesson of his own in that hour.
-- Also fails: lessons_have_class_subject_teachers, sessions_follow_the_timetable, teacher_rules_are_kept, weekly_load
update {{ ref('timetable_periods') }}
set "teacherId" = (select min("substituteTeacherId") from {{ ref('substitutions') }})
where "id" = (
    select min(own."id")
    from {{ ref('substitutions') }} as substitution
    join {{ ref('timetable_periods') }} as missed
        on missed."id" = substitution."periodId"
    join {{ ref('timetable_periods') }} as own
        on own."branchId" = missed."branchId"
        and own."academicYearId" = missed."academicYearId"
        and own."dayOfWeek" = missed."dayOfWeek"
        and own."periodNumber" = missed."periodNumber"
        and own."id" <> missed."id"
    where substitution."substituteTeacherId" = (select min("substituteTeacherId") from {{ ref('substitutions') }})
)
