-- Also fails: grades_follow_the_scale, mark_sheets_agree, marks_add_up
update {{ ref('marks') }} set "totalMarks" = 0
where "studentId" in (
    select "id" from {{ ref('students') }}
    where "sectionId" = (
        select min("sectionId") from {{ ref('students') }}
        where "branchId" = (select min("branchId") from {{ ref('marks') }})
    )
)
