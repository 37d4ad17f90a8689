{{ config(table='Teacher', slice_by=['branch'], tags=['people', 'staff'],
          rows=per_section(1.5)) }}

-- One row per member of staff who teaches: his subjects, what he studied, and for how long he has taught.
-- Rows: the teaching posts' holders in staff_plan; the row numbers are those of staff.
-- Fact: what a teacher of a stage must have studied (NCTE), a degree in the subject and B.Ed. from Class 6 on.
-- Estimate: how the holders spread over the degrees; years taught elsewhere before.

with teachers as (                   -- the teaching staff, and where each falls in the list of degrees
    select
        n,
        stage,
        subject_group,
        subjects,
        least(last_year, {{ current_year() }}) - first_year         as years_here,
        {{ random_int('years elsewhere', 'n', 0, 7) }}              as years_elsewhere,
        {{ pick('qualification', 'n', 'qualifications') }}          as qualification_slot
    from {{ ref('staff_plan') }}
    where branch_no = {{ branch.no }}
      and staff_group = 'teaching'
)

select
    {{ key('teacher.n') }}                                          as "id",
    {{ branch.id }}                                                 as "branchId",
    {{ key_of('staff', 'teacher.n') }}                              as "staffId",
    teacher.subjects                                                as "subjects",
    degree.qualification                                            as "qualifications",
    (teacher.years_here + teacher.years_elsewhere)::int             as "experienceYears",
    null::timestamp(3)                                              as "deletedAt",
    null::text                                                      as "deletedBy"
from teachers as teacher
join {{ slots('qualifications') }} as degree
    on degree.stage = teacher.stage
    and degree.subject_group = teacher.subject_group
    and degree.slot = teacher.qualification_slot
