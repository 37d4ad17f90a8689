-- The terms are JSON text: two terms, the first from the year's first day, the second to its last, and between them no
-- day is missing or counted twice. The text is compared with what it must be, and so parses.
-- A row: an academic year whose terms are something else.
with terms as (
    select
        "id" as id,
        "terms" as terms,
        "startDate" as first_day,
        "endDate" as last_day,
        split_part(split_part("terms", '"endDate": "', 2), '"', 1) as first_term_ends
    from {{ ref('academic_years') }}
)

select id, terms
from terms
where terms is distinct from case
    when first_term_ends ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' and first_term_ends collate "C" > first_day
        then '[{"name": "Term 1", "startDate": "' || first_day || '", "endDate": "' || first_term_ends
            || '"}, {"name": "Term 2", "startDate": "' || (first_term_ends::date + 1)::text
            || '", "endDate": "' || last_day || '"}]'
end
