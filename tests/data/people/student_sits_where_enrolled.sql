-- A student's class and section are those of the last enrollment, and the section belongs to the class.
with last_enrollment as (
    select
        "studentId" as student,
        "sectionId" as section,
        row_number() over (partition by "studentId" order by "startDate" collate "C" desc) as nth
    from {{ ref('enrollments') }}
)

select student."id", student."sectionId", last_enrollment.section
from {{ ref('students') }} as student
left join last_enrollment
    on last_enrollment.student = student."id"
    and last_enrollment.nth = 1
left join {{ ref('sections') }} as section
    on section."id" = student."sectionId"
where last_enrollment.section is null
   or student."sectionId" <> last_enrollment.section
   or section."classId" is null
   or section."classId" <> student."classId"
