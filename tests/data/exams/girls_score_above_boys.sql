-- Girls average one to six points above boys, or four standard errors beside: a pupil's average has a deviation of 15
-- points. The row is the two averages, if they are otherwise.
with averages as (
    select
        mark."studentId" as student_id,
        student."gender" as gender,
        -- in tenths of a percent
        (
            sum(round((1000 * mark."totalMarks" / exam."maxMarks")::double precision)::bigint) / count(*)
        )::bigint as score
    from {{ ref('marks') }} as mark
    join {{ ref('exams') }} as exam
        on exam."id" = mark."examId"
    join {{ ref('students') }} as student
        on student."id" = mark."studentId"
    where not mark."isAbsent"
    group by mark."studentId", student."gender"
),

genders as (
    select
        count(case when gender = 'female' then 1 end)::double precision as girls,
        count(case when gender = 'male' then 1 end)::double precision as boys,
        sum(case when gender = 'female' then score end)::double precision * 0.1 as girls_total,
        sum(case when gender = 'male' then score end)::double precision * 0.1 as boys_total
    from averages
)

select girls, boys, girls_total / girls as girls_score, boys_total / boys as boys_score
from genders
where girls > 0
  and boys > 0
  and (
      girls_total / girls - boys_total / boys < 1 - 60 * sqrt(1.0 / girls + 1.0 / boys)
      or girls_total / girls - boys_total / boys > 6 + 60 * sqrt(1.0 / girls + 1.0 / boys)
  )
