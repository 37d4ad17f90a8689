-- Half of the boys have one name.
update {{ ref('students') }}
set "firstName" = 'Ram', "lastName" = 'Kumar'
where "gender" = 'male'
  and "rollNumber"::int % 2 = 0
