-- The rules for subjects: so many lessons a week, at most so many a day. One row for each section that breaks one.
with days as (
    select
        "academicYearId",
        "sectionId",
        "subjectId",
        "dayOfWeek",
        count(*) as periods
    from {{ ref('timetable_periods') }}
    where "subjectId" is not null
    group by
        "academicYearId",
        "sectionId",
        "subjectId",
        "dayOfWeek"
),

weeks as (
    select
        "academicYearId",
        "sectionId",
        "subjectId",
        sum(periods) as periods,
        max(periods) as most
    from days
    group by
        "academicYearId",
        "sectionId",
        "subjectId"
)

select
    weeks."academicYearId",
    weeks."sectionId",
    rule."type",
    rule."value",
    weeks.periods,
    weeks.most
from weeks
join {{ ref('subject_constraints') }} as rule
    on rule."subjectId" = weeks."subjectId"
where (rule."type" = 'PERIODS_PER_WEEK' and rule."value" <> '{"periods": ' || weeks.periods::bigint || '}')
   or (rule."type" = 'MAX_PERIODS_PER_DAY' and regexp_replace(rule."value", '[^0-9]', '', 'g')::int < weeks.most)
