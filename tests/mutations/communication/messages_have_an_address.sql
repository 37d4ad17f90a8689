update {{ ref('messages') }} set "to" = '98100 12345' where "id" = (select min("id") from {{ ref('messages') }} where "channel" = 'sms')
