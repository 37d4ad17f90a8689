-- Telephone numbers have the form +91- and ten digits from 6 on, e-mail goes to reserved example domains.
-- A row is an application with another address.
select "applicationNo", "guardianPhone", "guardianEmail"
from {{ ref('applications') }}
where not "guardianPhone" ~ {{ mobile_form() }}
   or not coalesce("guardianEmail", 'none@example.com') ~ '^[a-z0-9.-]+@example[.](com|net|org)$'
