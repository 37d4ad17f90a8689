-- An absentee has neither marks nor a grade; everybody else has a total and a grade. A row is a mark otherwise.
select "id"
from {{ ref('marks') }}
where (
    "isAbsent"
    and (
        coalesce("theoryMarks", "practicalMarks", "projectMarks", "internalMarks", "totalMarks") is not null
        or "grade" is not null
    )
)
   or (not "isAbsent" and ("totalMarks" is null or "grade" is null))
