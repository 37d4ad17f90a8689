-- Children of one first contact have the same parents: as many guardians each, and those of the first child.
-- A row: a first contact whose children differ.
with families as (
    select "guardianId" as family, "studentId" as student
    from {{ ref('student_guardians') }}
    where "isPrimary"
),

sizes as (
    select family, count(*) as children
    from families
    group by family
),

shared as (                          -- how many of the children each adult of the family looks after
    select families.family, link."guardianId" as guardian, link."relation" as relation, count(*) as children
    from families
    join {{ ref('student_guardians') }} as link
        on link."studentId" = families.student
    group by families.family, link."guardianId", link."relation"
)

select shared.family, shared.guardian, shared.relation, shared.children, sizes.children as of_children
from shared
join sizes
    on sizes.family = shared.family
where shared.children <> sizes.children
