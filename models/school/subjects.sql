{{ config(table='Subject', slice_by=['branch'], tags=['school'], rows='30') }}

-- One row per subject of a stage that a branch teaches: English of Class 6 to 8 is not English of Class 9 and 10.
-- Rows: the subjects of the branch's board whose grades the branch has.
-- Fact: subjects and board codes (see the seed). Estimate: credits, which are weekly periods; when they were entered.

with taught as (                     -- what the board prescribes for the branch's grades
    select
        {{ text_hash('code') }} as n,
        code,
        name,
        description,
        credits,
        is_elective,
        prerequisites
    from {{ seed('board_subjects') }}
    where board = {{ branch.board }}
      and last_level >= {{ branch.first_level }}
      and first_level <= {{ branch.last_level }}
),

entered as (                         -- the list was entered before the oldest year that the project can show
    select
        code,
        {{ year_begins(current_year() ~ ' - 5') }} - {{ random_int('entered', 'n', 5, 60) }}::int   as day,
        {{ chance('revised', 'n', var('revised_subject_share')) }}                                  as is_revised
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
