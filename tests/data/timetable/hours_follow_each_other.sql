-- The hours of a day follow each other without gap or overlap, six days a week, with assembly, lessons and breaks.
-- One row for each hour that does not begin when the one before ends, and for each day without one of the three kinds.
select
    "branchId",
    "dayOfWeek",
    "slotOrder"
from (
    select
        "branchId",
        "dayOfWeek",
        "slotOrder",
        "startTime",
        lag("endTime") over (partition by "branchId", "dayOfWeek" order by "slotOrder") as last_end
    from {{ ref('time_slots') }}
) as hours
where last_end <> "startTime"
union all
select
    "branchId",
    "dayOfWeek",
    0
from {{ ref('time_slots') }}
group by
    "branchId",
    "dayOfWeek"
having count(distinct "slotType") <> 3
