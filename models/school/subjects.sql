{{ config(table='Subject', slice_by=['branch'], tags=['school'], rows='30') }}

-- One row per subject of a stage that a branch teaches: English of Class 6 to 8 is not English of Class 9 and 10.
-- Rows: the subjects that the board prescribes for the branch's grades, so far as a teacher of the branch has them.
-- Fact: subjects and board codes (see the seed). Estimate: credits, which are weekly periods; when they were entered.

with offered as (                    -- what the board prescribes, if somebody teaches it in all its grades
    select distinct subject.code
    from {{ seed('board_subjects') }} as subject
    join {{ ref('staff_plan') }} as post
        on post.first_level <= subject.first_level
        and post.last_level >= subject.last_level
        and position(', ' || subject.name || ',' in ', ' || post.subjects || ',') > 0
    where subject.board = {{ branch.board }}
      and post.branch_no = {{ branch.no }}
      and post.is_current
),

taught as (                          -- with the board's particulars; a subject is numbered by its code
    select
        {{ text_hash('subject.code') }} as n,
        subject.code,
        subject.name,
        subject.description,
        subject.credits,
        subject.is_elective,
        subject.prerequisites
    from {{ seed('board_subjects') }} as subject
    join offered
        on offered.code = subject.code
    where subject.board = {{ branch.board }}
),

entered as (                         -- the list was entered before the oldest year that the project can show
    select
        code,
        {{ year_begins(current_year() ~ ' - 5') }} - {{ random_int('entered', 'n', 5, 60) }}::int as day,
        {{ chance('revised', 'n', var('revised_subject_share')) }}          as is_revised
    from taught
)

select
    {{ key('taught.n') }}                                                   as "id",
    {{ branch.id }}                                                         as "branchId",
    {{ branch.code }} || '-' || taught.code                                 as "code",
    taught.name                                                             as "name",
    taught.description                                                      as "description",
    taught.credits                                                          as "credits",
    taught.is_elective                                                      as "isElective",
    {{ branch.code }} || '-' || needed.code                                 as "prerequisites",
    {{ office_hour('created', 'taught.n', 'entered.day') }}                 as "createdAt",
    case
        when entered.is_revised
            then {{ office_hour('updated', 'taught.n', year_begins(current_year())) }}
        else {{ office_hour('created', 'taught.n', 'entered.day') }}
    end                                                                     as "updatedAt"
from taught
join entered
    on entered.code = taught.code
left join taught as needed           -- a prerequisite that another branch teaches is not named
    on needed.code = taught.prerequisites
