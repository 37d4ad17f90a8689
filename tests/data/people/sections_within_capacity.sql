-- No section has more pupils than places on any day: who comes counts from his first day, who goes to his last.
-- A row: a section and a day on which it is overfull.
with comings_and_goings as (
    select "sectionId" as section, "startDate"::date as day, 1 as pupils
    from {{ ref('enrollments') }}
    union all
    select "sectionId", "endDate"::date + 1, -1
    from {{ ref('enrollments') }}
    where "endDate" is not null
),

changes as (
    select section, day, sum(pupils)::int as pupils
    from comings_and_goings
    group by section, day
),

seated as (
    select section, day, sum(pupils) over (partition by section order by day) as pupils
    from changes
)

select section."id", seated.day, section."capacity", seated.pupils
from seated
join {{ ref('sections') }} as section
    on section."id" = seated.section
where seated.pupils > section."capacity"
