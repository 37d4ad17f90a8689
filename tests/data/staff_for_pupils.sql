-- There is one member of staff at work for some 12 to 26 pupils enrolled, in every branch.
with enrolled as (
    select "branchId" as branch, count(*) as pupils
    from {{ ref('enrollments') }}
    where "status" = 'enrolled'
    group by "branchId"
),

working as (
    select "branchId" as branch, count(*) as staff
    from {{ ref('staff') }}
    where "status" <> 'inactive'
    group by "branchId"
)

select enrolled.branch, enrolled.pupils, working.staff
from enrolled
join working
    on working.branch = enrolled.branch
where enrolled.pupils not between working.staff * 12 and working.staff * 26
