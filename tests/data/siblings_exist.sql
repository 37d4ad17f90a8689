-- Between 5 and 40 per cent of the students have a brother or sister in the same branch.
with children as (
    select "guardianId" as guardian, count(*) as children
    from {{ ref('student_guardians') }}
    where "isPrimary"
    group by "guardianId"
)

select sum(children) as students, sum(case when children > 1 then children else 0 end) as with_siblings
from children
having sum(case when children > 1 then children else 0 end) * 100 not between sum(children) * 5 and sum(children) * 40
