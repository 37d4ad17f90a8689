update {{ ref('preferences') }} set "consent" = not "consent" where "channel" = 'sms'
