-- Who completed a year sits one grade higher the next year, or repeats, or has graduated from the last grade; who
-- left is gone.
-- A row: a pupil and a year after which it went otherwise.
with attended as (
    select
        enrollment."studentId" as student,
        enrollment."status" as status,
        left(enrollment."startDate", 4)::int as year,
        class."gradeLevel" as level,
        class."branchId" as branch
    from {{ ref('enrollments') }} as enrollment
    join {{ ref('sections') }} as section
        on section."id" = enrollment."sectionId"
    join {{ ref('classes') }} as class
        on class."id" = section."classId"
),

bounds as (
    select branch, max(level) as top, max(year) as current_year
    from attended
    group by branch
)

select attended.student, attended.year, attended.status, attended.level, following.level as next_level
from attended
join bounds
    on bounds.branch = attended.branch
left join attended as following
    on following.student = attended.student
    and following.year = attended.year + 1
where attended.year < bounds.current_year
  and not case attended.status
      when 'completed' then
          (following.level is not null and following.level - attended.level in (0, 1))
          or (following.level is null and attended.level = bounds.top)
      else following.level is null
  end
