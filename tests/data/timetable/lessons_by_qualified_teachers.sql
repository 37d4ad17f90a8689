-- A teacher teaches subjects that are on his list. One row for each lesson by another.
select
    period."id",
    subject."name",
    teacher."subjects"
from {{ ref('timetable_periods') }} as period
join {{ ref('subjects') }} as subject
    on subject."id" = period."subjectId"
left join {{ ref('teachers') }} as teacher
    on teacher."id" = period."teacherId"
where teacher."id" is null
   or position(', ' || subject."name" || ',' in ', ' || teacher."subjects" || ',') = 0
