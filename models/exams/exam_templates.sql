{{ config(table='ExamTemplate', tags=['exams']) }}

-- One row per kind of examination that a board's schools know, with its usual weight, length and marks: the patterns
-- that every branch sees when it plans a year.
-- Rows: those of the seed exam_patterns, also the ones that no branch of the project holds. All belong to the system
-- and to no branch, so nobody is named as their author. The ISC is CISCE's as the ICSE is, and the
-- application knows one family of that board: its templates stand under ICSE.
-- Fact: the boards' examinations and their marks. Estimate: weights and lengths, which schools set themselves.

with patterns as materialized (      -- with the row's number: 64 for each board, and the pattern's own in it
    select
        case pattern.board when 'CBSE' then 0 when 'ICSE' then 1 else 2 end * 64 + pattern.no as n,
        pattern.board,
        pattern.exam_type,
        pattern.name,
        pattern.description,
        pattern.term,
        pattern.first_level,
        pattern.last_level,
        pattern.weightage,
        pattern.pass_marks,
        pattern.max_marks,
        pattern.affects_promotion,
        pattern.duration
    from {{ seed('exam_patterns') }} as pattern
),

classes as (                         -- the names of the grades that sit it
    select
        pattern.n,
        string_agg(grade.name, ', ' order by grade.level) as names
    from patterns as pattern
    join {{ seed('grades') }} as grade
        on grade.level between pattern.first_level and pattern.last_level
    group by pattern.n
),

entered as (                         -- the system's list is older than the oldest year that the project can show
    select
        n,
        {{ year_begins(current_year() ~ ' - 5') }} - {{ random_int('entered', 'n', 100, 400) }}::int as day
    from patterns
),

workdays as (                        -- the day, and the one a month later on which it was reviewed
    select
        n,
        {{ not_sunday('day') }}                                     as entered_on,
        {{ not_sunday('(day + 30)') }}                              as reviewed_on
    from entered
)

select
    {{ key('pattern.n') }}                                          as "id",
    case pattern.board when 'CBSE' then 'CBSE' else 'ICSE' end      as "boardType",
    pattern.exam_type                                               as "examType",
    pattern.board || ' ' || pattern.name                            as "name",
    pattern.description                                             as "description",
    pattern.term::int                                               as "term",
    pattern.weightage::double precision                             as "weightagePercent",
    pattern.pass_marks::double precision                            as "minPassingMarks",
    pattern.max_marks::double precision                             as "maxMarks",
    true                                                            as "isGraded",
    pattern.affects_promotion                                       as "affectsPromotion",
    classes.names                                                   as "applicableClasses",
    pattern.duration::int                                           as "suggestedDuration",
    true                                                            as "isSystemTemplate",
    null::text                                                      as "createdBy",
    {{ office_hour('created', 'pattern.n', 'workday.entered_on') }} as "createdAt",
    {{ office_hour('updated', 'pattern.n', 'workday.reviewed_on') }} as "updatedAt"
from patterns as pattern
join classes
    on classes.n = pattern.n
join workdays as workday
    on workday.n = pattern.n
