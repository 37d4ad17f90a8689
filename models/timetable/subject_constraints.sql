{{ config(table='SubjectConstraint', slice_by=['branch'], tags=['timetable', 'rules'], rows='60') }}

-- One row per subject and rule that every timetable keeps: lessons a week, most lessons a day, the kind of room.
-- Rows: two for each subject taught, and one more for those with lessons in a laboratory.
-- Estimate: the numbers, which are those of the lookup tables that the timetables are made from.

with taught as (                     -- the subjects in the branch's timetables, and whether they need a laboratory
    select
        code,
        bool_or(is_lab)                                                                 as needs_lab
    from {{ ref('lessons') }}
    where branch_no = {{ branch.no }}
      and year_no between {{ first_year() }} and {{ current_year() }}
    group by code
),

rules as (                           -- the rules of each; a subject has eight numbers for them
    select
        {{ text_hash('taught.code') }}                                                  as subject_n,
        rule.no,
        rule.type,
        case rule.no
            when 0 then '{"periods": ' || subject.credits || '}'
            -- six days: what is above six lessons a week is taught twice on some days
            when 1 then '{"periods": ' || (subject.credits + 5) / 6 || '}'
            else '{"roomType": "lab"}'
        end                                                                             as value
    from taught
    join {{ seed('board_subjects') }} as subject
        on subject.board = {{ branch.board }}
        and subject.code = taught.code
    cross join (values (0, 'PERIODS_PER_WEEK'), (1, 'MAX_PERIODS_PER_DAY'), (2, 'NEEDS_ROOM_TYPE')) as rule(no, type)
    where rule.no < 2
       or taught.needs_lab
),

entered as (                         -- when the rules were: with the subjects, before the oldest year that can be shown
    select {{ entered_on('1') }} as day
)

select
    {{ key('rule.subject_n * 8 + rule.no') }}                                           as "id",
    {{ branch.id }}                                                                     as "branchId",
    {{ key_of('subjects', 'rule.subject_n') }}                                          as "subjectId",
    rule.type                                                                           as "type",
    rule.value                                                                          as "value",
    case rule.no when 0 then 1 else 2 end                                               as "priority",
    {{ office_hour('created', 'rule.subject_n', 'entered.day') }}                       as "createdAt"
from rules as rule
cross join entered
