-- Also fails: messages_go_to_the_first_contact, messages_respect_preferences
update {{ ref('messages') }} set "to" = '98100 12345' where "id" = (select min("id") from {{ ref('messages') }} where "channel" = 'sms')
