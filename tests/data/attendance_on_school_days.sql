-- No record on a Sunday, a second Saturday, a holiday of the state, in a vacation, or after the as-of date.
select record."id", record."date"
from {{ ref('attendance_records') }} as record
join {{ seed('branches') }} as branch
    on branch.id = record."branchId"
left join {{ seed('holidays') }} as holiday
    on holiday.state = branch.state
    and holiday.day = record."date"::date
left join {{ seed('vacations') }} as vacation
    on vacation.zone = branch.zone
    and record."date"::date between vacation.first_day and vacation.last_day
where holiday.day is not null
   or vacation.name is not null
   or extract(isodow from record."date"::date) = 7
   or (extract(isodow from record."date"::date) = 6 and right(record."date", 2)::int between 8 and 14)
   or record."date"::date > {{ var('as_of') }}
