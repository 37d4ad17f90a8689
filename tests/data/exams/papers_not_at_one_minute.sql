-- The papers of an examination spread over days: as many moments as the class with most papers has subjects.
-- A row is an examination with fewer.
with sat as materialized (                -- each session with its class and section: the classroom is the section's own
    {{ papers_with_sections() }}
),

moments as (
    select
        exam_id,
        count(distinct schedule) as moments
    from sat
    group by exam_id
),

papers as (
    select
        exam_id,
        class_id,
        count(distinct subject_id) as papers
    from sat
    group by exam_id, class_id
)

select moments.exam_id, moments.moments, max(papers.papers) as papers
from moments
join papers
    on papers.exam_id = moments.exam_id
group by moments.exam_id, moments.moments
having moments.moments < max(papers.papers)
