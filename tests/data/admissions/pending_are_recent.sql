-- Who waits for an answer applied in the running season: less than eight months ago, for this year or the next.
-- A row is an older application without an answer, or an answer for the next year that admits already.
select "applicationNo", "status", "submittedAt"
from {{ ref('applications') }}
where ("status" = 'PENDING'
        and ("submittedAt"::date < {{ var('as_of') }} - 245
             or split_part("applicationNo", '/', 3)::int < extract(year from {{ var('as_of') }})::int - 1))
   or ("status" = 'APPROVED' and make_date(split_part("applicationNo", '/', 3)::int, 4, 1) > {{ var('as_of') }})
