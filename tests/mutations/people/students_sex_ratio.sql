-- Two girls in three are missing.
delete from {{ ref('students') }}
where "gender" = 'female'
  and "rollNumber"::int % 3 <> 0
