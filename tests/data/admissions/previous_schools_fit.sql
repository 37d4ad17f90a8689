-- A child who comes to Nursery was in no school before; who comes to Class 1 or above was in one. A row is another case.
select "applicationNo", "classAppliedFor", "previousSchool"
from {{ ref('applications') }}
where ("classAppliedFor" = 'Nursery' and "previousSchool" is not null)
   or ("classAppliedFor" like 'Class %' and "previousSchool" is null)
