-- What keeps pupils from lessons is told in many ways, some of them in Hindi: where there are many marks, no reason of an
-- activity has more than a third of them. A row: a reason that is too common, or a table without Hindi.
with reasons as (
    select "reason" as body, count(*) as times
    from {{ ref('student_period_attendance') }}
    where "status" = 'activity'
    group by "reason"
),

totals as (
    select
        sum(times) as times,
        (
            select count(*)
            from {{ ref('student_period_attendance') }}
            where "notes" ~ '[अ-ह]'
        ) as in_hindi
    from reasons
)

select reasons.body, reasons.times
from reasons
cross join totals
where totals.times >= 500
  and (reasons.times * 3 > totals.times or totals.in_hindi = 0)
