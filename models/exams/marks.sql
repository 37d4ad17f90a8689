{{ config(table='Mark', slice_by=['branch', 'year'], tags=['exams', 'history'],
          rows=per_seat(25),
          chunks={'parts': cohort_sections(), 'begins': cohort_section_begins(), 'keys': 512}) }}

-- One row per pupil and paper that his section has sat: what he scored, part by part, or that he was absent.
--
-- How the marks come about stands at the macro paper_marks. The parts add up to the total; the grade is that of the
-- branch's default scale for the whole percent reached. The subject's teacher marks the scripts within six school days
-- and before the results, enters them after the last lesson, and corrects a few on the same day. The board's own
-- marks, which come in May, are entered as if the school had them then.
--
-- Rows: pupils enrolled on the day of the paper, for papers before the as-of date. About three in a hundred are absent,
-- fewer from the examinations that count: those who are absent on the day's register.
-- Fact: in the boards' classes the spread of the totals, the share above 90 percent, and the shares of girls and boys
-- who pass (see the seeds mark_curves and exam_levels). Estimate: all other classes; how pupils, subjects and sections
-- differ; absences; the remarks.

with {{ paper_marks() }},

languages as (                       -- 0 for a remark in English, 100 in Hindi, null for none: one script in twelve
                                     -- gets a remark, four absences in ten a reason; tag is uniform below 4096
    select
        n,
        exam_id,
        subject_id,
        student_id,
        teacher_id,
        is_absent,
        theory_max,
        project_max,
        internal_max,
        school_marks,
        practical,
        total,
        grade,
        marking_begins,
        tag,
        turn,
        family,
        ordinal,
        case
            when tag < 328 or (is_absent and tag < 1638)
                then case when {{ random_int('language', 'n', 0, 99) }} < hindi_pct then 100 else 0 end
        end                                                                             as language_no
    from graded
    offset 0                         -- a fence: the slots below are computed only where there is a language
),

worded as (                          -- an opening by grade, 9 for an absence, and a word of advice by the subject's
                                     -- family: numbers and slots of the texts in the seed mark_remarks
    select
        n,
        exam_id,
        subject_id,
        student_id,
        teacher_id,
        is_absent,
        theory_max,
        project_max,
        internal_max,
        school_marks,
        practical,
        total,
        grade,
        marking_begins,
        tag,
        turn,
        language_no + coalesce(ordinal, 9)                                              as opening_no,
        case when language_no is not null then {{ pick('opening', 'n', 'mark_remarks') }} end as opening_slot,
        case when not is_absent then language_no + 20 + family end                      as advice_no,
        case when language_no is not null then {{ pick('advice', 'n', 'mark_remarks') }} end as advice_slot
    from languages
    offset 0
)

select
    {{ key('script.n') }}                                                               as "id",
    {{ branch.id }}                                                                     as "branchId",
    script.exam_id                                                                      as "examId",
    script.subject_id                                                                   as "subjectId",
    script.student_id                                                                   as "studentId",
    case when script.theory_max > 0 then (script.total - script.school_marks)::double precision end as "theoryMarks",
    script.practical::double precision                                                  as "practicalMarks",
    case
        when script.project_max > 0
            then (script.school_marks - coalesce(script.practical, 0))::double precision
    end                                                                                 as "projectMarks",
    case when script.internal_max > 0 then script.school_marks::double precision end    as "internalMarks",
    script.total::double precision                                                      as "totalMarks",
    script.grade                                                                        as "grade",
    opening.remark || coalesce(' ' || advice.remark, '')                                as "remarks",
    script.is_absent                                                                    as "isAbsent",
    script.teacher_id                                                                   as "evaluatedBy",
    -- turn is uniform below 4096: over some 100 minutes of the afternoon. Entered five minutes later, and one in 64
    -- corrected after that, up to 18 minutes later
    (script.marking_begins + interval '1 second' * (script.turn * 3 / 2)::int)::timestamp(3) as "evaluatedAt",
    (script.marking_begins + interval '1 second' * (script.turn * 3 / 2 + 300)::int)::timestamp(3) as "createdAt",
    (
        script.marking_begins
        + interval '1 second' * (
            script.turn * 3 / 2 + 300 + case when script.tag >= 4032 then 60 + script.turn / 4 else 0 end
        )::int
    )::timestamp(3)                                                                     as "updatedAt"
from worded as script
left join {{ slots('mark_remarks') }} as opening
    on opening.topic_no = script.opening_no
    and opening.slot = script.opening_slot
left join {{ slots('mark_remarks') }} as advice
    on advice.topic_no = script.advice_no
    and advice.slot = script.advice_slot
