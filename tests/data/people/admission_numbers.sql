-- An admission number names the branch, and the year in which the pupil came, which is that of the first enrollment
-- or, for who was there in the first year shown, an earlier one.
-- A row: a pupil with another number.
with came as (
    select
        "studentId" as student,
        min(left("startDate", 4)::int - case when substring("startDate", 6, 2)::int < 4 then 1 else 0 end) as year
    from {{ ref('enrollments') }}
    group by "studentId"
),

shown as (
    select min(year) as first_year
    from came
)

select student."id", student."admissionNo", came.year
from {{ ref('students') }} as student
join {{ seed('branches') }} as branch
    on branch.id = student."branchId"
left join came
    on came.student = student."id"
cross join shown
where not coalesce(student."admissionNo", '') ~ '^[A-Z]{4}/[0-9]{4}/[A-Z0-9]{1,3}-[A-Z]{1,2}[0-9]{2}$'
   or split_part(student."admissionNo", '/', 1) <> branch.code
   or case
       when came.year > shown.first_year then split_part(student."admissionNo", '/', 2) <> came.year::text
       else split_part(student."admissionNo", '/', 2) collate "C" > came.year::text
   end
   or came.year is null
