-- Also fails: messages_respect_preferences
update {{ ref('preferences') }} set "consent" = not "consent" where "channel" = 'sms'
