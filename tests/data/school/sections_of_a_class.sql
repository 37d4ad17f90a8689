-- Every class is divided into sections with names of their own, the first of them A, each with places, and all
-- classes of a branch into equally many.
-- A row: a class whose sections are not so.
with divided as (
    select
        class."branchId" as branch,
        class."id" as class,
        count(section."id") as sections,
        count(distinct section."name") as names,
        count(*) filter (where section."name" = 'A') as firsts,
        min(coalesce(section."capacity", 0)) as fewest_places,
        min(length(section."name")) as shortest_name
    from {{ ref('classes') }} as class
    left join {{ ref('sections') }} as section
        on section."classId" = class."id"
    group by class."branchId", class."id"
),

usual as (
    select branch, max(sections) as sections
    from divided
    group by branch
)

select divided.class, divided.sections, divided.names, divided.fewest_places, usual.sections as usual
from divided
join usual
    on usual.branch = divided.branch
where divided.sections <> usual.sections
   or divided.sections = 0
   or divided.names <> divided.sections
   or divided.firsts <> 1
   or divided.fewest_places < 1
   or divided.fewest_places > {{ var('seat_limit') }}
