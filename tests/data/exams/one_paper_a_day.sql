-- A class has one paper a day, and an examination has each paper of a class on a day of its own, for all sections at
-- the same time. A row is a class and day with several subjects, or a class and subject with several days.
with sat as materialized (                -- each session with its class and section: the classroom is the section's own
    {{ papers_with_sections() }}
)

select class_id, day as what, count(distinct subject_id) as times
from sat
group by class_id, day
having count(distinct subject_id) > 1
union all
select class_id, subject_id, count(distinct schedule)
from sat
group by class_id, exam_id, subject_id
having count(distinct schedule) > 1
