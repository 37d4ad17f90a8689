update {{ ref('campaigns') }} set "status" = 'scheduled' where "id" = (select min("id") from {{ ref('campaigns') }} where "status" in ('completed', 'running'))
