-- sms and WhatsApp go to a telephone number, e-mail to an address under an example domain, push to a token.
-- A row is a message that cannot arrive.
select "id", "channel", "to"
from {{ ref('messages') }}
where ("channel" in ('sms', 'whatsapp') and "to" !~ {{ mobile_form() }})
   or ("channel" = 'email' and "to" !~ '^[a-z0-9.-]+@example[.](com|net|org)$')
   or ("channel" = 'push' and "to" !~ '^fcm:[0-9a-f]{32}$')
