-- A subject has its weekly number of periods, from the lookup table, in every section that takes it.
-- One row for each section, year and subject with another number.
select
    period."academicYearId",
    period."sectionId",
    subject."code",
    subject."credits",
    count(*) as periods
from {{ ref('timetable_periods') }} as period
join {{ ref('subjects') }} as subject
    on subject."id" = period."subjectId"
group by
    period."academicYearId",
    period."sectionId",
    subject."code",
    subject."credits"
having count(*) <> subject."credits"
