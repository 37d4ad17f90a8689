update {{ ref('preferences') }} set "channel" = 'sms' where "ownerId" = (
    select min("ownerId") from {{ ref('preferences') }} where "ownerType" = 'guardian'
) and "channel" = 'email'
