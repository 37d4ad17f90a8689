{#- The paper that a section sits: the examination's number is below 16, the subject's below 32. Below 2^21. -#}
{% macro session_n(exam_no, level, letter, subject_no) -%}
    (({{ section_n(level, letter) }}) * 16 + {{ exam_no }}) * 32 + {{ subject_no }}
{%- endmacro %}

{#- A pupil's paper of one subject in an examination of the year. Below 2^32. -#}
{% macro mark_n(pupil_n, exam_no, subject_no) -%}
    {{ pupil_n }} * 512 + {{ exam_no }} * 32 + {{ subject_no }}
{%- endmacro %}

{#- A bell from one hash, with a standard deviation of `sd`: the hash's two halves are two uniform numbers, and their
    sum is a triangle about 65535 of which 26755 is the standard deviation. It is above 0 until the mean is taken off,
    so that the division rounds down everywhere. -#}
{% macro triangle(lot, sd) -%}
    (((({{ lot }}) & 65535) + (({{ lot }}) >> 16)) * {{ sd }} / 26755 - {{ (65535 * sd) // 26755 }})
{%- endmacro %}

{#- How often a pupil is absent in this year, in percent of the usual: 100 on average. The register draws it. -#}
{% macro absence_weight(pupil_n) -%}
    case
        when {{ chance('is often absent', pupil_n, var('chronic_share'), by=['branch'], of='attendance_records') }}
            then {{ random_int('often absent', pupil_n, 200, 340, by=['branch'], of='attendance_records') }}
        else 30 + floor(125 * {{ beta('absent', pupil_n, 2, 3, of='attendance_records') }})::bigint
    end
{%- endmacro %}

{#- What every pupil of the year scored in each paper that was sat before the as-of date: the CTEs from which both marks
    and marks_entries are read. They draw with the salts of marks, so they agree without one reading the other's rows.

    A pupil's standing in a paper is a sum, in hundredths of a standard deviation: his ability, which stays with him
    from year to year; his form in this year; his aptitude for the subject's family, which stays too; his section;
    what girls score above boys, and who is often absent below the others; how easy grade, subject and examination are;
    and the luck of the day. The curve of the grade turns the standing into a share of the marks, so that the totals
    are spread as the board's published ones.

    Practical, project and internal marks are given by the school and depend on the standing without examination and
    luck; what the total has above them is the written paper. They come first, and the total keeps to what they leave
    open.

    Absent from a paper is who is absent on the register of its day: macro roll_call draws the same lot against the same
    width. The CTE to read is `graded`. -#}
{% macro paper_marks() -%}
{%- set ability_sd, form_sd, aptitude_sd, luck_sd, section_sd = 90, 40, 45, 45, 10 -%}
{%- set school_mean, school_jitter = 820, 40 -%}
{%- set often_absent, often_absent_loss = 200, 30 -%}
grades as (                          -- the branch's default scale, spelled out for every whole percent
    select
        percent.value                                                                   as percent,
        band.grade,
        band.ordinal
    from {{ seed('grade_bands') }} as band
    cross join generate_series(0, 100) as percent(value)
    where band.board = {{ branch.board }}
      and band.is_default
      and percent.value between band.min_percent and band.max_percent
),

open_days as (                       -- school days, numbered: marking takes so many of them
    select
        day,
        row_number() over (order by day_no)::int                                        as day_rank
    from {{ ref('school_days') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
),

papers as (                          -- each section's papers that were sat before the as-of date
    select
        {{ section_n('paper.level', 'taught.letter') }}                                 as section_n,
        paper.exam_no,
        paper.subject_no,
        taught.code,
        taught.teacher_n,
        paper.day,
        paper.day - {{ year.starts_on }}                                                as day_no,
        paper.family,
        paper.theory_max,
        paper.practical_max,
        paper.project_max,
        paper.internal_max,
        coalesce(paper.practical_max, 0) + coalesce(paper.project_max, 0)
            + coalesce(paper.internal_max, 0)                                           as school_max,
        paper.max_marks,
        paper.absence_pct,
        paper.coursework_of,
        paper.hindi_pct,
        paper.difficulty,
        paper.exam_shift,
        paper.day_rank,
        paper.last_marking_rank,
        {{ session_n('paper.exam_no', 'paper.level', 'taught.letter', 'paper.subject_no') }} as session_n
    from {{ ref('exam_calendar') }} as paper
    join {{ ref('section_subjects') }} as taught
        on taught.branch_no = paper.branch_no
        and taught.year_no = paper.year_no
        and taught.level = paper.level
        and taught.code = paper.code
    where paper.branch_no = {{ branch.no }}
      and paper.year_no = {{ year.no }}
      and paper.day < {{ var('as_of') }}
),

marked_papers as materialized (      -- with the keys, made once a paper, and the day on which it is marked
    select
        paper.section_n,
        paper.exam_no,
        paper.subject_no,
        paper.day,
        paper.day_no,
        paper.family,
        paper.theory_max,
        paper.practical_max,
        paper.project_max,
        paper.internal_max,
        paper.school_max,
        paper.max_marks,
        paper.absence_pct,
        paper.coursework_of,
        paper.hindi_pct,
        paper.difficulty + floor({{ normal('section', 'paper.section_n', 0, section_sd, of='marks') }})::int as z,
        paper.exam_shift,
        {{ key_of('exams', 'paper.exam_no') }}                                          as exam_id,
        {{ key_of('subjects', text_hash('paper.code')) }}                               as subject_id,
        {{ key_of('exam_sessions', 'paper.session_n') }}                                as session_id,
        {{ key_of('teachers', 'paper.teacher_n') }}                                     as teacher_id,
        -- after school: from 13:30 in India
        marked.day + interval '28800 seconds'                                           as marking_begins
    from papers as paper
    join open_days as marked
        on marked.day_rank = least(
            paper.day_rank + {{ random_int('days to mark', 'paper.session_n', 1, 6, of='marks') }}::int,
            paper.last_marking_rank
        )
),

attending as (                       -- the pupils of the year
    select
        attended.n,
        attended.level,
        attended.letter,
        attended.first_day,
        attended.last_day,
        {{ absence_weight('attended.n') }}                                              as absence_weight
    from {{ ref('pupil_years') }} as attended
    where attended.branch_no = {{ branch.no }}
      and attended.year_no = {{ year.no }}
      and {{ chunk('attended.n') }}
    offset 0
),

sitting as materialized (            -- with what each brings to all papers
    select
        attended.n,
        {{ section_n('attended.level', 'attended.letter') }}                            as section_n,
        attended.first_day,
        attended.last_day,
        {{ key_of('students', 'attended.n') }}                                          as student_id,
        rate.curve,
        floor({{ normal('ability', 'attended.n', 0, ability_sd, by=['branch'], of='marks') }})::int
            + floor({{ normal('form', 'attended.n', 0, form_sd, of='marks') }})::int
            + rate.shift
            + case pupil.gender when 'female' then rate.girls_gap / 2 else -rate.girls_gap / 2 end
            - case when attended.absence_weight >= {{ often_absent }} then {{ often_absent_loss }} else 0 end as z,
        -- the width of a day's single absence in the hash's scale, for each percent of it: a rate in hundredths of a
        -- percent, times a weight in percent, times 4295, which is 2^32 / 10^6
        (100 * (100 - usual.present_pct) * {{ 1 - var('spell_share') }})::int
            * attended.absence_weight * 4295 / 100                                      as absence_width
    from attending as attended
    join {{ ref('pupils') }} as pupil
        on pupil.branch_no = {{ branch.no }}
        and pupil.n = attended.n
    join {{ seed('exam_levels') }} as rate
        on rate.board = {{ branch.board }}
        and rate.level = attended.level
    join {{ seed('attendance_levels') }} as usual
        on usual.level = attended.level
),

scripts as (                         -- each pupil and paper, with the lots that decide it
    select
        {{ mark_n('pupil.n', 'paper.exam_no', 'paper.subject_no') }}                    as n,
        {{ mark_n('pupil.n', 'paper.coursework_of', 'paper.subject_no') }}              as coursework_n,
        pupil.student_id,
        pupil.curve,
        pupil.absence_width * paper.absence_pct                                         as absence_width,
        -- a row of the register is a pupil and one of 512 days
        {{ hash('mark', 'pupil.n * 512 + paper.day_no', of='attendance_records') }}     as register_lot,
        pupil.z + paper.z                                                               as z,
        {{ hash('aptitude', 'pupil.n * 16 + paper.family', by=['branch'], of='marks') }} as aptitude,
        {{ hash('luck', mark_n('pupil.n', 'paper.exam_no', 'paper.subject_no'), of='marks') }} as luck,
        {{ hash('lot', mark_n('pupil.n', 'paper.exam_no', 'paper.subject_no'), of='marks') }} as lot,
        paper.exam_id,
        paper.subject_id,
        paper.session_id,
        paper.teacher_id,
        paper.marking_begins,
        paper.family,
        paper.theory_max,
        paper.practical_max,
        paper.project_max,
        paper.internal_max,
        paper.school_max,
        paper.max_marks,
        paper.exam_shift,
        paper.hindi_pct
    from sitting as pupil
    join marked_papers as paper
        on paper.section_n = pupil.section_n
    where paper.day >= pupil.first_day
      and (pupil.last_day is null or paper.day <= pupil.last_day)
    offset 0                         -- a fence: PostgreSQL would compute the hashes again wherever they are used
),

standings as (                       -- the sum, with and without luck; absence; lots for who reads `graded`
    select
        n,
        student_id,
        curve,
        register_lot < absence_width                                                    as is_absent,
        lot >> 20                                                                       as tag,        -- below 4096
        luck & 4095                                                                     as turn,       -- likewise
        z + {{ triangle('aptitude', aptitude_sd) }} + {{ triangle('luck', luck_sd) }} + exam_shift as z,
        case
            when school_max > 0
                then (
                    least(1000, greatest(0,
                        {{ school_mean }} + z + {{ triangle('aptitude', aptitude_sd) }}
                        + {{ random_int('coursework', 'coursework_n', -school_jitter, school_jitter, of='marks') }}
                    )) * school_max + 500
                ) / 1000
            else 0
        end                                                                             as school_marks,
        exam_id,
        subject_id,
        session_id,
        teacher_id,
        marking_begins,
        family,
        theory_max,
        practical_max,
        project_max,
        internal_max,
        school_max,
        max_marks,
        hindi_pct
    from scripts
    offset 0
),

totals as (                          -- what the curve gives, as far as the school's part leaves it open
    select
        script.n,
        script.student_id,
        script.is_absent,
        script.tag,
        script.turn,
        case when not script.is_absent then script.school_marks end                     as school_marks,
        case
            when not script.is_absent
                then greatest(script.school_marks, least(
                    script.school_marks + coalesce(script.theory_max, 0),
                    (curve.permille * script.max_marks + 500) / 1000
                ))
        end                                                                             as total,
        script.exam_id,
        script.subject_id,
        script.session_id,
        script.teacher_id,
        script.marking_begins,
        script.family,
        script.theory_max,
        script.practical_max,
        script.project_max,
        script.internal_max,
        script.school_max,
        script.max_marks,
        script.hindi_pct
    from standings as script
    join {{ seed('mark_curves') }} as curve
        on curve.curve = script.curve
        -- fiftieths of a standard deviation from -4 on, of which there are 401
        and curve.step = greatest(0, least(400, (script.z + 400) / 2))
    offset 0
),

graded as (                          -- the grade is that of the whole percent reached
    select
        script.n,
        script.student_id,
        script.is_absent,
        script.tag,
        script.turn,
        script.school_marks,
        script.total,
        -- of the school's part, the shares of practical and project
        case
            when script.practical_max > 0
                then (script.school_marks * script.practical_max + script.school_max / 2) / script.school_max
        end                                                                             as practical,
        grade.grade,
        grade.ordinal,
        script.exam_id,
        script.subject_id,
        script.session_id,
        script.teacher_id,
        script.marking_begins,
        script.family,
        script.theory_max,
        script.project_max,
        script.internal_max,
        script.hindi_pct
    from totals as script
    left join grades as grade
        on grade.percent = 100 * script.total / script.max_marks
    offset 0
)
{%- endmacro %}
