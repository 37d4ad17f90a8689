-- No record has another one's id. A row: an id that stands twice.
select "id", count(*) as times
from {{ ref('attendance_records') }}
group by "id"
having count(*) > 1
