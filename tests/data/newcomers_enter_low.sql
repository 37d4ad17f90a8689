-- New pupils come mostly to the lowest grade.
with first_year as (
    select enrollment."branchId" as branch, min(left(enrollment."startDate", 4)::int) as year
    from {{ ref('enrollments') }} as enrollment
    group by enrollment."branchId"
),

arrivals as (
    select
        enrollment."branchId" as branch,
        class."gradeLevel" as level,
        row_number() over (partition by enrollment."studentId" order by enrollment."startDate" collate "C") as nth,
        enrollment."startDate" as started
    from {{ ref('enrollments') }} as enrollment
    join {{ ref('sections') }} as section
        on section."id" = enrollment."sectionId"
    join {{ ref('classes') }} as class
        on class."id" = section."classId"
),

lowest as (
    select "branchId" as branch, min("gradeLevel") as level
    from {{ ref('classes') }}
    group by "branchId"
)

select
    arrivals.branch,
    count(*) as newcomers,
    count(*) filter (where arrivals.level = lowest.level) as at_the_lowest_grade
from arrivals
join lowest
    on lowest.branch = arrivals.branch
join first_year
    on first_year.branch = arrivals.branch
where arrivals.nth = 1
  and left(arrivals.started, 4)::int > first_year.year
group by arrivals.branch
having count(*) filter (where arrivals.level = lowest.level) * 2 < count(*)
