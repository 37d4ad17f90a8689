{#- Row numbers of what happens on a day, or in an hour of the week: see also row_numbers. -#}

{#- Something on one day of an academic year, in which days are counted from 1 April, 0 to 365: each `n`, a pupil, a
    teacher or a lesson, has 512 numbers, one for each of its days. Nine bits more than `n` has. -#}
{% macro on_day(n, day_no) -%}
    {{ n }} * 512 + {{ day_no }}
{%- endmacro %}

{#- Whose day it is, and which day: what on_day was made from. -#}
{% macro who_of_day(n) -%}
    {{ n }} / 512
{%- endmacro %}

{% macro day_no_of(n) -%}
    {{ n }} % 512
{%- endmacro %}

{#- An hour of the week: weekday 1 to 6, and the hour's place in the seed school_hours, below 16. Below 2^7. -#}
{% macro time_slot_n(weekday, slot_order) -%}
    {{ weekday }} * 16 + {{ slot_order }}
{%- endmacro %}
