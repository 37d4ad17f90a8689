-- Forms come in and are answered between 09:00 and 15:30 in India, not on Sundays, and nobody answers on a holiday.
-- A row is an application at another time.
select application."applicationNo", application."submittedAt", application."reviewedAt", holiday.name
from {{ ref('applications') }} as application
join {{ seed('branches') }} as branch
    on branch.id = application."branchId"
left join {{ seed('holidays') }} as holiday
    on holiday.state = branch.state
    and holiday.day = application."reviewedAt"::date
where extract(hour from application."submittedAt")::int * 60 + extract(minute from application."submittedAt")::int not between 210 and 600
   or extract(hour from application."reviewedAt")::int * 60 + extract(minute from application."reviewedAt")::int not between 210 and 600
   or extract(isodow from application."submittedAt") = 7
   or extract(isodow from application."reviewedAt") = 7
   or holiday.day is not null
