{{ config(table='Enrollment', slice_by=['branch', 'year'], tags=['people', 'history'],
          rows=per_seat(0.97)) }}

-- One row per pupil and academic year: the section he sat in, and how the year ended for him.
-- Rows: those of pupil_years. A year that is over is completed, unless the pupil went to another school (transferred)
-- or to none (inactive) in it or at its end; who sits there on the as-of date is enrolled, and has no end date yet.

select
    {{ key('n') }}                                                      as "id",
    {{ branch.id }}                                                     as "branchId",
    {{ key_of('students', 'n') }}                                       as "studentId",
    {{ key_of('sections', section_n('level', 'letter')) }}              as "sectionId",
    case outcome
        when 'enrolled' then 'enrolled'
        when 'transferred' then 'transferred'
        when 'dropped out' then 'inactive'
        else 'completed'             -- promoted, repeating or graduated
    end                                                                 as "status",
    first_day::text                                                     as "startDate",
    last_day::text                                                      as "endDate"
from {{ ref('pupil_years') }}
where branch_no = {{ branch.no }}
  and year_no = {{ year.no }}
