{{ config(table='FeeSchedule', slice_by=['branch', 'year'], tags=['fees'],
          rows='branch.last_level - branch.first_level + 1') }}

-- One row per fee structure: quarterly, due on the branch's day of the quarter's first month, for the whole class.
-- Rows: the branch's grades; schedule, structure and class are numbered by the grade's level. The running year's are
-- active; those of years that are over are paused.
-- Estimate: the day; schools use the 5th, 10th, 15th and 20th.

select
    {{ key('level') }}                                                              as "id",
    {{ branch.id }}                                                                 as "branchId",
    {{ key_of('fee_structures', 'level') }}                                         as "feeStructureId",
    'quarterly'                                                                     as "recurrence",
    {{ fee_due_day() }}                                                             as "dueDayOfMonth",
    {{ year.starts_on }}::text                                                      as "startDate",
    {{ year.ends_on }}::text                                                        as "endDate",
    {{ key_of('classes', 'level') }}                                                as "classId",
    null::text                                                                      as "sectionId",
    case when {{ year.no }} = {{ current_year() }} then 'active' else 'paused' end  as "status"
from {{ seed('grades') }}
where level between {{ branch.first_level }} and {{ branch.last_level }}
