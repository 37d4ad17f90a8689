-- A branch loses the register of a day.
delete from {{ ref('attendance_records') }}
where "branchId" = 'dps-main'
  and "date" = (
    select min("date")
    from {{ ref('attendance_records') }}
    where "date" > (select min("date") from {{ ref('attendance_records') }})
  )
