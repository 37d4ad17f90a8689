-- The guardian of an approved application is the pupil's first contact, with his telephone number and e-mail address.
-- A row is an approved application that names somebody else.
with newcomers as (                  -- pupils by what an application says of them; the admission number names the year
    select
        student."id" as id,
        student."branchId" as branch,
        student."firstName" as first_name,
        student."lastName" as last_name,
        student."dob" as dob,
        student."gender" as gender,
        split_part(student."admissionNo", '/', 2) as year
    from {{ ref('students') }} as student
),

contacts as (
    select
        newcomers.branch,
        newcomers.first_name,
        newcomers.last_name,
        newcomers.dob,
        guardian."name" as name,
        guardian."phoneNumber" as phone,
        guardian."email" as email
    from newcomers
    join {{ ref('student_guardians') }} as link
        on link."studentId" = newcomers.id
        and link."isPrimary"
    join {{ ref('guardians') }} as guardian
        on guardian."id" = link."guardianId"
)

select application."applicationNo", application."guardianName", application."guardianPhone", application."guardianEmail"
from {{ ref('applications') }} as application
left join contacts
    on contacts.branch = application."branchId"
    and contacts.first_name = application."firstName"
    and contacts.last_name = application."lastName"
    and contacts.dob = application."dob"
    and contacts.name = application."guardianName"
    and contacts.phone = application."guardianPhone"
    and contacts.email is not distinct from application."guardianEmail"
where application."status" = 'APPROVED'
  and contacts.name is null
