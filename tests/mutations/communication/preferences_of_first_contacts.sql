delete from {{ ref('preferences') }}
where "channel" = 'push'
  and "ownerId" = (select min("guardianId") from {{ ref('student_guardians') }} where "isPrimary")
