-- Action, method, path and status go together; a request that was refused says why and wrote nothing, the others do not
-- say so; a change names what was. A row is an entry of which this is not so.
select "id", "action", "method", "endpoint", "statusCode", "errorMessage"
from {{ ref('audit_logs') }}
where "method" <> case "action"
        when 'CREATE' then 'POST'
        when 'LOGIN' then 'POST'
        when 'LOGOUT' then 'POST'
        when 'EXPORT' then 'GET'
        when 'DELETE' then 'DELETE'
        when 'UPDATE' then case when "statusCode" < 400 then 'PATCH' else "method" end
        else 'PATCH'
    end
   or "endpoint" not like '/api/%'
   or ("statusCode" >= 400) <> ("errorMessage" is not null)
   or ("statusCode" >= 400 and "newData" is not null)
   or ("statusCode" < 400 and "action" in ('CREATE', 'UPDATE', 'APPROVE', 'REJECT') and "newData" is null)
   or ("oldData" is not null) <> ("statusCode" < 400 and "action" in ('UPDATE', 'APPROVE', 'REJECT'))
   or ("action" = 'CREATE' and "statusCode" < 400 and "statusCode" <> 201)
   or ("oldData" is not null and right("endpoint", length("entityId")) <> "entityId")
   or coalesce("statusCode", 0) not between 200 and 599
   or coalesce("duration", 0) not between 1 and 60000
   or "userAgent" is null
