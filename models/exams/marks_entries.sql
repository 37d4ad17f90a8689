{{ config(table='MarksEntry', slice_by=['branch', 'year'], tags=['exams', 'history'],
          rows=per_seat(25),
          chunks={'parts': cohort_sections(), 'begins': cohort_section_begins(), 'keys': 512}) }}

-- One row per script: the line of the mark sheet that belongs to a session of an examination. It says what Mark says of
-- the same pupil, examination and subject; rawMarks is the total, all parts together.
-- Rows: those of marks, one for one; the session is that of the pupil's section.
-- Estimate: how often the examiner notes something about the script, and what.

with {{ paper_marks() }},

noted as (                           -- the examiner notes something on one script in forty: tag is uniform below 4096;
                                     -- the text is one of mark_remarks: 40 and the grade's place, 100 more in Hindi
    select
        n,
        student_id,
        session_id,
        total,
        grade,
        case
            when tag between 1700 and 1801 and not is_absent
                then case when {{ random_int('language', 'n', 0, 99) }} < hindi_pct then 100 else 0 end + 40 + ordinal
        end                                 as topic_no,
        case
            when tag between 1700 and 1801 and not is_absent then {{ pick('comment', 'n', 'mark_remarks') }}
        end                                 as slot
    from graded
    offset 0
)

select
    {{ key('script.n') }}                   as "id",
    {{ branch.id }}                         as "branchId",
    script.student_id                       as "studentId",
    script.session_id                       as "sessionId",
    script.total::double precision          as "rawMarks",
    script.grade                            as "grade",
    comment.remark                          as "comments"
from noted as script
left join {{ slots('mark_remarks') }} as comment
    on comment.topic_no = script.topic_no
    and comment.slot = script.slot
