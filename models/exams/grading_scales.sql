{{ config(table='GradingScale', slice_by=['branch'], tags=['exams'], rows='4') }}

-- One row per scale that a branch grades by. The default scale is the one that all marks follow: eight grades by the
-- whole percent reached, in every grade and examination. The others, of letters without marks, are for what has no
-- marks: art, games, work education, and the descriptors of the pre-primary progress card.
-- Rows: the board's scales in the seed grade_bands, if the branch teaches their classes; numbered as there.
-- Fact: the bands that CBSE prescribes up to Class 9; its scales for co-scholastic areas. Estimate: the same bands for
-- CBSE's Class 10 and 12, where the board itself grades by rank; CISCE's nine bands in the application's eight letters,
-- its grades 6 and 7 together.

with bands as (                      -- each band as a JSON object
    select
        scale,
        name,
        type,
        is_default,
        greatest(first_level, {{ branch.first_level }})                 as first_level,
        least(last_level, {{ branch.last_level }})                      as last_level,
        ordinal,
        '{"grade": "' || grade || '"'
            || coalesce(', "minPercent": ' || min_percent::text || ', "maxPercent": ' || max_percent::text, '')
            || ', "gradePoint": ' || grade_point::text || ', "description": "' || description || '"}' as band
    from {{ seed('grade_bands') }}
    where board = {{ branch.board }}
      and first_level <= {{ branch.last_level }}
      and last_level >= {{ branch.first_level }}
),

scales as materialized (             -- the bands of each as a JSON array, the best first
    select
        scale,
        name,
        type,
        is_default,
        first_level,
        last_level,
        '[' || string_agg(band, ', ' order by ordinal) || ']'           as grades
    from bands
    group by
        scale,
        name,
        type,
        is_default,
        first_level,
        last_level
),

classes as (                         -- the names of the grades that a scale serves
    select
        scale.scale,
        string_agg(grade.name, ', ' order by grade.level)               as names
    from scales as scale
    join {{ seed('grades') }} as grade
        on grade.level between scale.first_level and scale.last_level
    group by scale.scale
),

entered as (                         -- with the branch's subjects, before the oldest year that the project can show
    select
        scale,
        {{ entered_on('scale') }}                                       as day
    from scales
)

select
    {{ key('scale.scale') }}                                            as "id",
    {{ branch.id }}                                                     as "branchId",
    scale.name                                                          as "name",
    scale.type                                                          as "type",
    scale.is_default                                                    as "isDefault",
    scale.grades                                                        as "grades",
    {{ year_begins(current_year() ~ ' - 5') }}::text                    as "applicableFrom",
    null::text                                                          as "applicableTo",
    classes.names                                                       as "classes",
    {{ office_hour('created', 'scale.scale', 'entered.day') }}          as "createdAt",
    {{ office_hour('created', 'scale.scale', 'entered.day') }}          as "updatedAt"
from scales as scale
join classes
    on classes.scale = scale.scale
join entered
    on entered.scale = scale.scale
