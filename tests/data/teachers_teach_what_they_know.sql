-- A teacher is staff of the same branch, with subjects, a degree in teaching, and a master's degree for a PGT.
select teacher."id", staff."designation", teacher."subjects", teacher."qualifications"
from {{ ref('teachers') }} as teacher
left join {{ ref('staff') }} as staff
    on staff."id" = teacher."staffId"
where staff."id" is null
   or staff."branchId" <> teacher."branchId"
   or coalesce(teacher."subjects", '') = ''
   or coalesce(teacher."qualifications", '') = ''
   or teacher."experienceYears" < 0
   or (staff."designation" like 'PGT%' and not teacher."qualifications" ~ 'M[.]|MCA|Post|Master')
