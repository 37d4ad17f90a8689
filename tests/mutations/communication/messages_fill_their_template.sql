-- Also fails: communication_json_parses, messages_go_to_the_first_contact
update {{ ref('messages') }} set "payload" = replace("payload", '"name": ', '"nom": ') where "id" = (
    select min(m."id") from {{ ref('messages') }} as m join {{ ref('templates') }} as t on t."id" = m."templateId" where position('"name"' in t."variables") > 0
)
