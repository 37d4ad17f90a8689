{{ config(table='ClassSubjectTeacher', slice_by=['branch'], tags=['timetable', 'staff'], rows=per_section(9)) }}

-- One row per class, subject and teacher: who teaches the subject in one or more sections of the class.
-- Rows: the distinct ones of section_subjects over the years shown, so that every lesson of every timetable has its
-- own.
-- Nothing is drawn here: the number of a row packs teacher, grade level (below 16) and subject (below 256).

with taught as (                     -- a subject in a class, with one of those who teach it in any of the years
    select distinct
        level,
        code,
        teacher_n
    from {{ ref('section_subjects') }}
    where branch_no = {{ branch.no }}
      and year_no between {{ first_year() }} and {{ current_year() }}
)

select
    {{ key('(taught.teacher_n * 16 + taught.level) * 256 + subject.no') }}  as "id",
    {{ branch.id }}                                                         as "branchId",
    {{ key_of('classes', 'taught.level') }}                                 as "classId",
    {{ key_of('subjects', text_hash('taught.code')) }}                      as "subjectId",
    {{ key_of('teachers', 'taught.teacher_n') }}                            as "teacherId"
from taught
join {{ seed('board_subjects') }} as subject
    on subject.board = {{ branch.board }}
    and subject.code = taught.code
