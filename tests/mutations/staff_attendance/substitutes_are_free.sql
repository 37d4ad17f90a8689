-- all who stand in for somebody have the lessons of Wednesday, and all other lessons, themselves
update {{ ref('timetable_periods') }}
set "teacherId" = (select min("substituteTeacherId") from {{ ref('substitutions') }})
where not "isBreak"
