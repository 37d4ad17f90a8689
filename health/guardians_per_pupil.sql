-- Guardians of a pupil
-- Estimate: most families name both parents.
with counted as (                    -- one row; no pupils is null, which measures nothing
    select
        count(*) as guardians,
        nullif(count(distinct "studentId"), 0) as pupils
    from {{ ref('student_guardians') }}
)

select
    'all branches' as label,
    guardians * 1.0 / pupils as actual,
    1.85 as target,
    0.1 + 1.6 / sqrt(pupils::double precision) as tolerance
from counted
