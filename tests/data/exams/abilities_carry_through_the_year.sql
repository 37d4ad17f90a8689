-- Who does well in one examination does well in the next, also in another year: the correlation of pupils' averages in
-- two half-yearly examinations, and in that and the tests of one year, is at least 0.5, less four standard errors.
-- A row is a pair of kinds for which it is lower; `across` says whether they are of different years.
with averages as materialized (
    select
        mark."studentId" as student_id,
        exam."academicYearId" as year_id,
        exam."examType" as exam_type,
        -- in tenths of a percent
        (
            sum(round((1000 * mark."totalMarks" / exam."maxMarks")::double precision)::bigint) / count(*)
        )::bigint as score
    from {{ ref('marks') }} as mark
    join {{ ref('exams') }} as exam
        on exam."id" = mark."examId"
    where not mark."isAbsent"
      and exam."examType" in ('HALF_YEARLY', 'UNIT_TEST')
    group by mark."studentId", exam."academicYearId", exam."examType"
),

pairs as (
    select
        case when one.year_id <> other.year_id then 'years' else 'kinds' end as across,
        count(*)::double precision as n,
        sum(one.score)::double precision as x,
        sum(other.score)::double precision as y,
        sum(one.score * one.score)::double precision as xx,
        sum(other.score * other.score)::double precision as yy,
        sum(one.score * other.score)::double precision as xy
    from averages as one
    join averages as other
        on other.student_id = one.student_id
        and (
            (
                one.year_id collate "C" < other.year_id collate "C"
                and one.exam_type = 'HALF_YEARLY'
                and other.exam_type = 'HALF_YEARLY'
            )
            or (one.year_id = other.year_id and one.exam_type = 'HALF_YEARLY' and other.exam_type = 'UNIT_TEST')
        )
    group by case when one.year_id <> other.year_id then 'years' else 'kinds' end
    having count(*) >= 30
)

select across, n
from pairs
where n * xy - x * y
        < (0.5 - 4 / sqrt(n)) * sqrt(greatest(0, n * xx - x * x)) * sqrt(greatest(0, n * yy - y * y))
   or n * xx - x * x <= 0
   or n * yy - y * y <= 0
