-- Guardians of a pupil
-- Estimate: most families name both parents.
select
    'all branches',
    count(*) * 1.0 / nullif(count(distinct "studentId"), 0),
    1.85,
    0.1 + 1.6 / sqrt(nullif(count(distinct "studentId"), 0)::double precision)
from {{ ref('student_guardians') }}
