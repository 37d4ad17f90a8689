{{ config(table='Exam', slice_by=['branch', 'year'], tags=['exams', 'history'], rows='12') }}

-- One row per examination that a branch holds, or will hold, in an academic year; one serves all grades that sit it.
--
-- Class 1 to 9 and 11 sit two unit tests, two periodic tests, the half-yearly and the annual examination. Class 10 and
-- 12 sit the pre-board in place of the last two, and then the board's own, which is no part of the school's weights;
-- Class 12 has practicals in between. Pre-primary children write no papers: an oral assessment closes each term.
--
-- Rows: the patterns of the seed exam_patterns whose grades the branch teaches. The year's plan is entered before it
-- begins. Tests end as completed, since no result of them is published; the results of examinations are.
-- A row's number is the pattern's, which is unique within a board; the academic year's is 1, the only one of its slice.
-- Fact: the board's examinations, the marks needed to pass. Estimate: dates, weights, days until the results.

with held as (                       -- with its dates, from the calendar
    select distinct
        exam_no,
        exam_first_day,
        exam_last_day,
        results_on
    from {{ ref('exam_calendar') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
),

planned as (                         -- what is known on the as-of date
    select
        held.exam_no,
        held.exam_first_day,
        held.exam_last_day,
        held.results_on,
        pattern.exam_type,
        pattern.name,
        pattern.term,
        pattern.weightage,
        pattern.pass_marks,
        pattern.max_marks,
        {{ year.starts_on }} - {{ random_int('days before', 'held.exam_no', 5, 25) }}::int as entered_on,
        case
            when {{ var('as_of') }} < held.exam_first_day then 'SCHEDULED'
            when {{ var('as_of') }} <= held.exam_last_day then 'ONGOING'
            when not pattern.is_published then 'COMPLETED'
            when {{ var('as_of') }} < held.results_on then 'RESULTS_PENDING'
            else 'RESULTS_PUBLISHED'
        end                                                             as status
    from held
    join {{ seed('exam_patterns') }} as pattern
        on pattern.board = {{ branch.board }}
        and pattern.no = held.exam_no
)

select
    {{ key('exam_no') }}                                                as "id",
    {{ branch.id }}                                                     as "branchId",
    name || ' ' || {{ year.name }}                                      as "name",
    exam_type                                                           as "examType",
    {{ key_of('academic_years', '1') }}                                 as "academicYearId",
    term::int                                                           as "term",
    weightage::double precision                                         as "weightagePercent",
    pass_marks::double precision                                        as "minPassingMarks",
    max_marks::double precision                                         as "maxMarks",
    status                                                              as "status",
    exam_first_day::text                                                as "startDate",
    exam_last_day::text                                                 as "endDate",
    {{ office_hour('created', 'exam_no', not_sunday('entered_on')) }}   as "createdAt",
    case status                      -- the last change of status
        when 'SCHEDULED' then {{ office_hour('created', 'exam_no', not_sunday('entered_on')) }}
        when 'ONGOING' then {{ office_hour('updated', 'exam_no', 'exam_first_day') }}
        when 'RESULTS_PUBLISHED' then {{ office_hour('updated', 'exam_no', 'results_on') }}
        else {{ office_hour('updated', 'exam_no', 'exam_last_day') }}
    end                                                                 as "updatedAt"
from planned
