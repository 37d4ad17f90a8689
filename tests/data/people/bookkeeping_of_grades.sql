-- Year-over-year bookkeeping of each branch, grade and year. Who is enrolled was promoted from the grade below,
-- repeats this one, or is new to the branch; and of those enrolled in a year that is over, each was promoted,
-- repeats, has graduated, or has left as transferred or inactive.
-- A row: a grade and year in which the sums differ.
with attended as (
    select
        enrollment."studentId" as student,
        enrollment."branchId" as branch,
        enrollment."status" as status,
        left(enrollment."startDate", 4)::int
            - case when substring(enrollment."startDate", 6, 2)::int < 4 then 1 else 0 end as year,
        class."gradeLevel" as level
    from {{ ref('enrollments') }} as enrollment
    join {{ ref('sections') }} as section
        on section."id" = enrollment."sectionId"
    join {{ ref('classes') }} as class
        on class."id" = section."classId"
),

sequences as (                       -- each year of a pupil with the one before and the one after
    select
        branch,
        status,
        year,
        level,
        lag(year) over (partition by student order by year, level, status collate "C") as year_before,
        lag(level) over (partition by student order by year, level, status collate "C") as level_before,
        lead(year) over (partition by student order by year, level, status collate "C") as year_after,
        lead(level) over (partition by student order by year, level, status collate "C") as level_after
    from attended
),

bounds as (
    select branch, max(level) as top, max(year) as current_year
    from attended
    group by branch
),

books as (
    select
        sequence.branch,
        sequence.year,
        sequence.level,
        count(*) as enrolled,
        count(*) filter (where year_before = year - 1 and level_before = level - 1) as promoted,
        count(*) filter (where year_before = year - 1 and level_before = level) as repeating,
        count(*) filter (where year_before is null) as new_pupils,
        count(*) filter (
            where sequence.year = bounds.current_year
               or (status = 'completed' and year_after = year + 1 and level_after - level in (0, 1))
               or (status = 'completed' and year_after is null and level = bounds.top)
               or (status in ('transferred', 'inactive') and year_after is null)
        ) as accounted_for
    from sequences as sequence
    join bounds
        on bounds.branch = sequence.branch
    group by sequence.branch, sequence.year, sequence.level
)

select branch, year, level, enrolled, promoted, repeating, new_pupils, accounted_for
from books
where enrolled <> promoted + repeating + new_pupils
   or enrolled <> accounted_for
