-- A substitute has the lesson's subject among his own. A row: one who has not.
select substitution."id", subject."name", substitute."subjects"
from {{ ref('substitutions') }} as substitution
join {{ ref('timetable_periods') }} as period
    on period."id" = substitution."periodId"
join {{ ref('subjects') }} as subject
    on subject."id" = period."subjectId"
join {{ ref('teachers') }} as substitute
    on substitute."id" = substitution."substituteTeacherId"
where ', ' || substitute."subjects" || ', ' not like '%, ' || subject."name" || ', %'
