{#- A person to whom a branch may write: kind 0 is a guardian, 1 staff, 2 a pupil, with his row number there. Below
    2^28. -#}
{% macro contact_n(kind, n) -%}
    {{ kind }} * 67108864 + {{ n }}
{%- endmacro %}

{#- A campaign of a year: its kind, below 64, and its language. Below 2^9. -#}
{% macro campaign_n(kind_no, locale) -%}
    {{ kind_no }} * 8 + case {{ locale }} when 'en' then 0 when 'hi' then 1 when 'bn' then 2 when 'mr' then 3 end
{%- endmacro %}

{#- A message of a year: where it comes from (1 a campaign, 2 an invoice, 3 a payment, 4 the register) and the row
    number of that, below 2^36. Below 2^39. -#}
{% macro message_n(source_no, n) -%}
    ({{ source_no }} * 68719476736 + {{ n }})
{%- endmacro %}

{#- Whether a person of the model contacts allows a channel: true, false, or null where he is not asked about it. -#}
{% macro allows(contact, channel) -%}
    case {{ channel }}
        when 'sms' then {{ contact }}.by_sms
        when 'whatsapp' then {{ contact }}.by_whatsapp
        when 'email' then {{ contact }}.by_email
        else {{ contact }}.by_push
    end
{%- endmacro %}
