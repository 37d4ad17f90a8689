-- No paper on a Sunday, a second Saturday, a holiday of the state or in a vacation. A row is a session on such a day.
select session."id", session."schedule"
from {{ ref('exam_sessions') }} as session
join {{ seed('branches') }} as branch
    on branch.id = session."branchId"
left join {{ seed('holidays') }} as holiday
    on holiday.state = branch.state
    and holiday.day = left(session."schedule", 10)::date
left join {{ seed('vacations') }} as vacation
    on vacation.zone = branch.zone
    and left(session."schedule", 10)::date between vacation.first_day and vacation.last_day
where holiday.day is not null
   or vacation.name is not null
   or extract(isodow from left(session."schedule", 10)::date) = 7
   or (
       extract(isodow from left(session."schedule", 10)::date) = 6
       and substr(session."schedule", 9, 2)::int between 8 and 14
   )
