-- Between 5 and 40 per cent of the students have a brother or sister in the same branch, where a branch has grades
-- enough for two of a family. Small schools may miss a bound by four standard deviations.
-- A row: the share, if it is outside.
with wide as (                       -- branches with at least six grades
    select "branchId" as branch
    from {{ ref('classes') }}
    group by "branchId"
    having count(*) >= 6
),

children as (
    select link."guardianId" as guardian, count(*) as children
    from {{ ref('student_guardians') }} as link
    join {{ ref('guardians') }} as guardian
        on guardian."id" = link."guardianId"
    join wide
        on wide.branch = guardian."branchId"
    where link."isPrimary"
    group by link."guardianId"
),

shares as (
    select
        sum(children)::double precision as students,
        (sum(case when children > 1 then children else 0 end)::double precision
            / sum(children)::double precision) as share
    from children
    having count(*) > 0
)

select students, share
from shares
where share < 0.05 - 4 * sqrt(0.0475 / students)
   or share > 0.4 + 4 * sqrt(0.24 / students)
