-- A teacher is staff of the same branch, with subjects, a degree in teaching, and a master's degree for a PGT; nobody
-- at work has taught for less time than he has been here.
-- A row: a teacher of whom that is not true.
select teacher."id", staff."designation", staff."joinDate", teacher."experienceYears", teacher."qualifications"
from {{ ref('teachers') }} as teacher
left join {{ ref('staff') }} as staff
    on staff."id" = teacher."staffId"
where staff."id" is null
   or staff."branchId" <> teacher."branchId"
   or coalesce(teacher."subjects", '') = ''
   or coalesce(teacher."qualifications", '') = ''
   or coalesce(teacher."experienceYears", -1) not between 0 and 45
   or (staff."status" <> 'inactive'
       and (teacher."experienceYears" + 1) * 366 + 60 < {{ var('as_of') }} - staff."joinDate"::date)
   or (staff."designation" like 'PGT%' and not teacher."qualifications" ~ 'M[.]|MCA|Post|Master')
