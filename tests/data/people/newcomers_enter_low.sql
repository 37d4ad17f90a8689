-- New pupils come mostly to the lowest grade: at least half of a branch's, with four standard deviations for a small
-- one.
-- A row: a branch where fewer do.
with attended as (
    select
        enrollment."branchId" as branch,
        class."gradeLevel" as level,
        left(enrollment."startDate", 4)::int
            - case when substring(enrollment."startDate", 6, 2)::int < 4 then 1 else 0 end as year,
        row_number() over (
            partition by enrollment."studentId"
            order by enrollment."startDate" collate "C", enrollment."id" collate "C"
        ) as nth
    from {{ ref('enrollments') }} as enrollment
    join {{ ref('sections') }} as section
        on section."id" = enrollment."sectionId"
    join {{ ref('classes') }} as class
        on class."id" = section."classId"
),

first_year as (                      -- who is there in the first year shown need not be new
    select branch, min(year) as year
    from attended
    group by branch
),

lowest as (
    select "branchId" as branch, min("gradeLevel") as level
    from {{ ref('classes') }}
    group by "branchId"
)

select
    attended.branch,
    count(*) as newcomers,
    count(*) filter (where attended.level = lowest.level) as at_the_lowest_grade
from attended
join lowest
    on lowest.branch = attended.branch
join first_year
    on first_year.branch = attended.branch
where attended.nth = 1
  and attended.year > first_year.year
group by attended.branch
having count(*) filter (where attended.level = lowest.level)
    < 0.5 * count(*) - 4 * sqrt(0.25 * count(*)::double precision)
