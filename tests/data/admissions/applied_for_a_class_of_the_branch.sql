-- The class is one that the branch teaches, and the child is as old on 1 April of the year as the class asks, or up to
-- fifteen months older. A row is an application of which this is not so.
select application."applicationNo", application."classAppliedFor", application."dob"
from {{ ref('applications') }} as application
left join {{ ref('classes') }} as class
    on class."branchId" = application."branchId"
    and class."name" = application."classAppliedFor"
left join {{ seed('grades') }} as grade
    on grade.level = class."gradeLevel"
where class."id" is null
   or make_date(split_part(application."applicationNo", '/', 3)::int, 4, 1) - application."dob"::date
        not between grade.age_on_april_1::int * 365 and grade.age_on_april_1::int * 365 + 470
