{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['communication'],
          rows=per_seat(0.97)) }}

-- One row per pupil and academic year: how a message names him, and who of his family gets it.
-- Rows: those of pupil_years, one for each pupil of the year. Messages about a pupil go to the family's first contact.
-- Nothing is drawn here.

with attending as (                  -- the pupils of the year with their families
    select
        attended.n,
        pupil.family_n,
        attended.level,
        attended.letter,
        attended.first_day,
        attended.last_day,
        pupil.first_year,
        {{ key_of('students', 'attended.n') }}                                          as student_id
    from {{ ref('pupil_years') }} as attended
    join {{ ref('pupils') }} as pupil
        on pupil.branch_no = attended.branch_no
        and pupil.n = attended.n
    where attended.branch_no = {{ branch.no }}
      and attended.year_no = {{ year.no }}
)

select
    {{ branch.no }}                                                                     as branch_no,
    {{ year.no }}                                                                       as year_no,
    attending.n,
    contact.contact_n,
    attending.level,
    attending.first_day,
    attending.last_day,
    attending.first_year = {{ year.no }}                                                as is_new,
    attending.student_id,
    student."firstName" || ' ' || student."lastName"                                    as student_name,
    student."admissionNo"                                                               as admission_no,
    grade.name || ' ' || {{ section_name('attending.letter') }}                         as class_name,
    contact.name                                                                        as contact_name
from attending
join {{ ref('contacts') }} as contact
    on contact.branch_no = {{ branch.no }}
    and contact.family_n = attending.family_n
    and contact.is_first_contact
join {{ ref('students') }} as student
    on student."branchId" = {{ branch.id }}
    and student."id" = attending.student_id
join {{ seed('grades') }} as grade
    on grade.level = attending.level
