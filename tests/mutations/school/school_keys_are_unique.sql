-- Two branches answer under one name.
update {{ ref('tenants') }}
set "subdomain" = 'dps'
