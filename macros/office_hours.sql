{#- A moment of a day between 09:00 and 15:30 in India, which is 03:30 to 10:00 in UTC, as the database keeps it. -#}
{% macro office_hour(label, n, day) -%}
    (
        {{ day }} + interval '12600 seconds'
        + interval '1 second' * {{ random_int(label, n, 0, 23399) }}::int
    )
{%- endmacro %}
