{{ config(table='Section', slice_by=['branch'], tags=['school'],
          rows=per_section(1)) }}

-- One row per section of a class: A, B, C and so on, each with a class teacher.
-- Rows: sections_per_grade of the branch for each of its grades.
-- The class teacher is the present holder of the section's post in staff_plan, and teaches that grade.

with sections as (                   -- the letters of each grade, 0 for A; grade and letter make the row's number
    select
        grade.level,
        letter.no                                   as letter,
        {{ section_n('grade.level', 'letter.no') }} as n
    from {{ seed('grades') }} as grade
    cross join generate_series(0, {{ sections_per_grade() }} - 1) as letter(no)
    where grade.level between {{ branch.first_level }} and {{ branch.last_level }}
),

class_teachers as (                  -- who holds each section's post now
    select
        homeroom_level,
        homeroom_letter,
        n
    from {{ ref('staff_plan') }}
    where branch_no = {{ branch.no }}
      and homeroom_level is not null
      and is_current
)

select
    {{ key('section.n') }}                          as "id",
    {{ branch.id }}                                 as "branchId",
    {{ key_of('classes', 'section.level') }}        as "classId",
    {{ section_name('section.letter') }}            as "name",
    {{ section_size() }}                            as "capacity",
    {{ key_of('teachers', 'teacher.n') }}           as "homeroomTeacherId"
from sections as section
join class_teachers as teacher
    on teacher.homeroom_level = section.level
    and teacher.homeroom_letter = section.letter
