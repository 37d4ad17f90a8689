{#- Times of the day, as schools write them: 'HH:MM' in India. Between them and the database stand minutes after
    midnight. -#}

{#- '08:20' as 500. -#}
{% macro clock_minutes(clock) -%}
    (left({{ clock }}, 2)::int * 60 + right({{ clock }}, 2)::int)
{%- endmacro %}

{#- 500 as '08:20'. -#}
{% macro clock_text(minutes) -%}
    (lpad(({{ minutes }} / 60)::text, 2, '0') || ':' || lpad(({{ minutes }} % 60)::text, 2, '0'))
{%- endmacro %}

{#- The moment of a day in UTC, which is five and a half hours behind India. -#}
{% macro utc_moment(day, minutes) -%}
    ({{ day }} + interval '1 minute' * (({{ minutes }})::int - 330))
{%- endmacro %}

{#- The same where the time of day is always the same: utc_at('lesson.day', '15:45'). -#}
{% macro utc_at(day, clock) -%}
    ({{ day }} + time '{{ clock }}' - interval '330 minutes')
{%- endmacro %}
