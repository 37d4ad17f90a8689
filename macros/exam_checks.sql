{#- What several data tests of the examinations read: the bodies of their common table expressions. -#}

{#- Every paper with its class and section: the classroom is the section's own. -#}
{% macro papers_with_sections() -%}
    select
        session."id" as session_id,
        session."branchId" as branch_id,
        session."examId" as exam_id,
        session."subjectId" as subject_id,
        left(session."schedule", 10) as day,
        session."schedule" as schedule,
        class."id" as class_id,
        class."name" as class_name,
        class."gradeLevel" as level,
        section."id" as section_id
    from {{ ref('exam_sessions') }} as session
    join {{ ref('rooms') }} as room
        on room."id" = session."roomId"
    join {{ ref('classes') }} as class
        on class."branchId" = session."branchId"
    join {{ ref('sections') }} as section
        on section."classId" = class."id"
        and class."name" || ' ' || section."name" = room."name"
{%- endmacro %}

{#- Every section, academic year and subject that it is taught; streams differ by section. -#}
{% macro subjects_taught() -%}
    select distinct
        section."id" as section_id,
        year."id" as year_id,
        subject."id" as subject_id
    from {{ ref('section_subjects') }} as plan
    join {{ seed('branches') }} as branch
        on branch.no = plan.branch_no
    join {{ seed('school_years') }} as years
        on years.no = plan.year_no
    join {{ ref('academic_years') }} as year
        on year."branchId" = branch.id
        and year."name" = years.name
    join {{ ref('classes') }} as class
        on class."branchId" = branch.id
        and class."gradeLevel" = plan.level
    join {{ ref('sections') }} as section
        on section."classId" = class."id"
        and section."name" = ({{ section_name('plan.letter') }})
    join {{ ref('subjects') }} as subject
        on subject."branchId" = branch.id
        and subject."code" = branch.code || '-' || plan.code
{%- endmacro %}

{#- Who had to sit which paper before the as-of date: the section's pupils on its day. Reads the CTE `sat`. -#}
{% macro pupils_for_papers() -%}
    select
        sat.exam_id,
        sat.subject_id,
        sat.session_id,
        enrollment."studentId" as student_id
    from sat
    join {{ ref('exams') }} as exam
        on exam."id" = sat.exam_id
    join {{ ref('academic_years') }} as year
        on year."id" = exam."academicYearId"
    join {{ ref('enrollments') }} as enrollment
        on enrollment."sectionId" = sat.section_id
        and enrollment."startDate"::date between year."startDate"::date and year."endDate"::date
    where sat.day::date < {{ var('as_of') }}
      and sat.day::date >= enrollment."startDate"::date
      and (enrollment."endDate" is null or sat.day::date <= enrollment."endDate"::date)
{%- endmacro %}

{#- Each candidate of the examinations of the given types: his average, and whether he passes in each subject (1 or 0).
    A subject may have several papers. Reads tables alone and calls none of sqlseed's functions, so that health/ may use
    it with a role that can only SELECT. -#}
{% macro candidates_results(exam_types=('BOARD_EXAM', 'HALF_YEARLY')) -%}
    select
        board,
        level,
        exam_type,
        exam_id,
        student_id,
        gender,
        sum(round((score * 100)::double precision)::bigint)::double precision * 0.01 / count(*) as score,
        min(case when score >= pass_score then 1 else 0 end) as passes
    from (
        select
            branch.board,
            case when exam."name" like 'Class 10 %' then 12 when exam."name" like 'Class 12 %' then 14 end as level,
            exam."examType" as exam_type,
            exam."id" as exam_id,
            mark."studentId" as student_id,
            student."gender" as gender,
            examined.subject_group,
            sum(
                round((1000 * mark."totalMarks" / exam."maxMarks")::double precision)::bigint
            )::double precision * 0.1 / count(*) as score,
            max(100.0::double precision * exam."minPassingMarks" / exam."maxMarks") as pass_score
        from {{ ref('marks') }} as mark
        join {{ ref('exams') }} as exam
            on exam."id" = mark."examId"
        join {{ ref('subjects') }} as subject
            on subject."id" = mark."subjectId"
        join {{ seed('branches') }} as branch
            on branch.id = mark."branchId"
        join {{ seed('exam_subjects') }} as examined
            on examined.board = branch.board
            and branch.code || '-' || examined.code = subject."code"
            and examined.is_main
        join {{ ref('students') }} as student
            on student."id" = mark."studentId"
        where not mark."isAbsent"
          and exam."examType" in ('{{ exam_types | join("', '") }}')
        group by
            branch.board, exam."name", exam."examType", exam."id", mark."studentId", student."gender",
            examined.subject_group
    ) as subjects
    group by board, level, exam_type, exam_id, student_id, gender
{%- endmacro %}
