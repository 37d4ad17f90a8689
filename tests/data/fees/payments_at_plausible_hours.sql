-- Cash and cheques are taken at the counter on days on which the branch is open, from 09:00 to 14:00 in India; everything
-- else is paid from 07:00 to midnight. A row: a payment at another time.
with moments as (
    select
        "id" as id,
        "branchId" as branch,
        "method" as method,
        "createdAt" as created,
        ("createdAt" + interval '330 minutes')::date as day,
        (extract(hour from "createdAt" + interval '330 minutes') * 60
            + extract(minute from "createdAt" + interval '330 minutes'))::int as minute
    from {{ ref('payments') }}
)

select moments.id, moments.method, moments.created
from moments
join {{ seed('branches') }} as branch
    on branch.id = moments.branch
left join {{ ref('school_days') }} as school
    on school.branch_no = branch.no
    and school.day = moments.day
where case
    when moments.method in ('cash', 'cheque') then school.day is null or moments.minute not between 540 and 840
    else moments.minute < 420
end
