update {{ ref('preferences') }} set "quietHours" = '08:00-17:00'
where "ownerType" = 'guardian'
  and "channel" = 'sms'
  and "ownerId" = (
    select min(g."id") from {{ ref('guardians') }} as g
    join {{ ref('messages') }} as m on m."to" = g."phoneNumber" and m."channel" = 'sms' and m."campaignId" is not null and m."sentAt" is not null
)
