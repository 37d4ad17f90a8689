-- The active pupils of a section have the roll numbers 1 to n, in the order of their names.
-- A row: a pupil with another number.
with ranked as (
    select
        "id" as student,
        "rollNumber" as given,
        row_number() over (
            partition by "sectionId"
            order by "firstName" collate "C", "lastName" collate "C", "rollNumber"::int
        ) as expected
    from {{ ref('students') }}
    where "status" = 'active'
)

select student, given, expected
from ranked
where given is distinct from expected::text
