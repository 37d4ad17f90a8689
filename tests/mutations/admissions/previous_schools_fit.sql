update {{ ref('applications') }} set "previousSchool" = 'Some School', "classAppliedFor" = 'Nursery' where "id" = (select min("id") from {{ ref('applications') }})
