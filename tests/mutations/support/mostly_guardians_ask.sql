update {{ ref('tickets') }} set "ownerType" = 'student', "ownerId" = (
    select min(student."id") from {{ ref('students') }} as student
    join {{ ref('classes') }} as class on class."id" = student."classId" where class."gradeLevel" < 11
)
