{{ config(table='Subject', slice_by=['branch'], tags=['school'], rows='30') }}

-- One row per subject of a stage that a branch teaches: English of Class 6 to 8 is not English of Class 9 and 10.
-- Rows: the subjects that the branch's sections have in their week, as lesson_grid says.
-- Fact: subjects and board codes (see the seed). Estimate: credits, which are weekly periods; when they were entered.

with offered as (                    -- what a section of the branch is taught: streams differ from letter to letter
    select distinct lesson.code
    from {{ seed('lesson_grid') }} as lesson
    join generate_series(0, {{ sections_per_grade() }} - 1) as letter(no)
        on letter.no % lesson.streams = lesson.stream
    where lesson.board = {{ branch.board }}
      and lesson.first_level <= {{ branch.last_level }}
      and lesson.last_level >= {{ branch.first_level }}
),

taught as (                          -- with the board's particulars; a subject is numbered by the hash of its code
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
        {{ entered_on('n') }}                                               as day,
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
