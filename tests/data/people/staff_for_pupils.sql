-- In every branch there is one member of staff at work for some 12 to 26 pupils enrolled; in a school made smaller by
-- section_limit or seat_limit, at most two for a section and a dozen for all. A row: a branch with more or fewer.
{% set is_full_size = var('section_limit') >= 32 and var('seat_limit') >= 64 %}
with enrolled as (
    select "branchId" as branch, count(*) as pupils
    from {{ ref('enrollments') }}
    where "status" = 'enrolled'
    group by "branchId"
),

divided as (
    select "branchId" as branch, count(*) as sections
    from {{ ref('sections') }}
    group by "branchId"
),

working as (
    select "branchId" as branch, count(*) as staff
    from {{ ref('staff') }}
    where "status" <> 'inactive'
    group by "branchId"
)

select divided.branch, divided.sections, enrolled.pupils, working.staff
from divided
left join enrolled
    on enrolled.branch = divided.branch
left join working
    on working.branch = divided.branch
where coalesce(working.staff, 0) < divided.sections
{% if is_full_size %}
   or coalesce(enrolled.pupils, 0) not between working.staff * 12 and working.staff * 26
{% else %}
   or working.staff > divided.sections * 2 + 12
{% endif %}
