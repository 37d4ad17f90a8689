-- Families live at addresses of their own: no address has more than four of them, and nine in ten have theirs alone.
-- A row: an address of too many, or the number of shared ones. A family is known by its first contact.
with homes as (
    select guardian."address" as address, count(distinct guardian."id") as families
    from {{ ref('guardians') }} as guardian
    join {{ ref('student_guardians') }} as link
        on link."guardianId" = guardian."id"
        and link."isPrimary"
    group by guardian."address"
)

select address, families
from homes
where families > 4
   or address is null
union all
select 'shared addresses', count(*) filter (where families > 1)
from homes
having count(*) filter (where families > 1) * 10 > count(*) + 40
