-- Nobody is enrolled twice at once, or twice in one academic year.
select "studentId", left("startDate", 4) as year, count(*) as enrollments
from (
    select
        "studentId",
        case when substring("startDate", 6, 2)::int < 4 then 'before ' || "startDate" else "startDate" end as "startDate"
    from {{ ref('enrollments') }}
) as enrollment
group by "studentId", left("startDate", 4)
having count(*) > 1
