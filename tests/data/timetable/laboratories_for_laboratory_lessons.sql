-- Subjects that need a laboratory have lessons there in every section, and a laboratory has no other lessons.
-- One row for each section and subject without, and for each lesson of another subject.
with lessons as (
    select
        period."academicYearId"                              as academic_year_id,
        period."sectionId"                                   as section_id,
        period."subjectId"                                   as subject_id,
        count(case when room."type" = 'lab' then 1 end)      as lessons_in_lab
    from {{ ref('timetable_periods') }} as period
    join {{ ref('rooms') }} as room
        on room."id" = period."roomId"
    group by
        period."academicYearId",
        period."sectionId",
        period."subjectId"
),

needing as (
    select "subjectId" as subject_id
    from {{ ref('subject_constraints') }}
    where "type" = 'NEEDS_ROOM_TYPE'
)

select
    lessons.academic_year_id,
    lessons.section_id,
    lessons.subject_id
from lessons
left join needing
    on needing.subject_id = lessons.subject_id
where (needing.subject_id is null) <> (lessons.lessons_in_lab = 0)
