update {{ ref('marks') }} set "totalMarks" = 0
where not "isAbsent" and "studentId" in (select "id" from {{ ref('students') }} where "gender" = 'female')
