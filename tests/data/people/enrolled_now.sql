-- Every branch has at least 500 pupils enrolled now; in a school made smaller by section_limit or seat_limit, at
-- least three quarters of the places that it means to fill.
-- A row: a branch with fewer.
{% set is_full_size = var('section_limit') >= 32 and var('seat_limit') >= 64 %}
with places as (
    select "branchId" as branch, sum("capacity" - {{ var('spare_seats') }})::int as places
    from {{ ref('sections') }}
    group by "branchId"
),

enrolled as (
    select "branchId" as branch, count(*) as pupils
    from {{ ref('enrollments') }}
    where "status" = 'enrolled'
    group by "branchId"
)

select tenant."id" as branch, places.places, coalesce(enrolled.pupils, 0) as enrolled
from {{ ref('tenants') }} as tenant
left join places
    on places.branch = tenant."id"
left join enrolled
    on enrolled.branch = tenant."id"
where coalesce(enrolled.pupils, 0) < {{ '500' if is_full_size else 'places.places * 3 / 4' }}
   or places.places is null
