-- Remarks and reasons do not repeat one sentence: the commonest has at most a tenth of them and 200 more, and where
-- there are many some are in Hindi. A row: a text that is too common, or a column without Hindi.
with texts as (
    select 'TeacherAttendance.remarks' as source, "remarks" as body, count(*) as times
    from {{ ref('teacher_attendance') }}
    where "remarks" is not null
    group by "remarks"
    union all
    select 'Substitution.reason', "reason", count(*)
    from {{ ref('substitutions') }}
    group by "reason"
),

totals as (
    select source, sum(times) as times, count(*) filter (where body ~ '[अ-ह]') as in_hindi
    from texts
    group by source
)

select totals.source, texts.body, texts.times
from totals
join texts
    on texts.source = totals.source
where texts.times * 10 > totals.times + 2000
   or (totals.times >= 2000 and totals.in_hindi = 0)
