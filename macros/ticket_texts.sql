{#- A sentence of ticket_texts with the ticket's own words in place of {child}, {date} and the others; `ticket` is the
    alias of a row of ticket_plan, `time` an expression for the time of day that the writer speaks of. -#}
{% macro ticket_words(text, ticket, time="'10:30 am'") -%}
    {%- set words = ['child', 'class', 'my', 'date', 'quarter', 'subject', 'amount', 'no', 'room', 'route'] -%}
    {%- for word in words %}replace({% endfor -%}
    replace({{ text }}, '{time}', {{ time }})
    {%- for word in words %}, '{{ '{' ~ word ~ '}' }}', {{ ticket }}.{{ word }}_text){% endfor -%}
{%- endmacro %}

{#- A moment as the time of day in India, some ten minutes before it, such as 11:25 am. -#}
{% macro spoken_time(moment) -%}
    {%- set hours = 'extract(hour from ' ~ moment ~ ')::int' -%}
    {%- set minutes = 'extract(minute from ' ~ moment ~ ')::int' -%}
    {%- set minute = '(' ~ hours ~ ' * 60 + ' ~ minutes ~ ' + 330)' -%}
    {%- set five = '(' ~ minute ~ ' / 5 - 2)' -%}
    (({{ five }} / 12 + 11) % 12 + 1)::text || ':' || lpad(({{ five }} % 12 * 5)::text, 2, '0')
        || case when {{ five }} < 144 then ' am' else ' pm' end
{%- endmacro %}
