update {{ ref('tickets') }} set "subject" = 'Bus on route {{ "{route}" }}' where "id" = (select min("id") from {{ ref('tickets') }})
