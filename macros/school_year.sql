{#- The academic year is named by the calendar year in which it begins, on 1 April: 2026 is 2026-2027. -#}

{% macro current_year() -%}
    {{ var('as_of').year - (1 if var('as_of').month < 4 else 0) }}
{%- endmacro %}

{#- The oldest of the years that the project shows. -#}
{% macro first_year() -%}
    {{ current_year() | int - var('years') + 1 }}
{%- endmacro %}

{% macro year_begins(year) -%}
    make_date(({{ year }})::int, 4, 1)
{%- endmacro %}

{% macro year_ends(year) -%}
    make_date(({{ year }})::int + 1, 3, 31)
{%- endmacro %}

{#- The day itself, or the Saturday before if it is a Sunday. -#}
{% macro not_sunday(day) -%}
    (
        {{ day }}
        - case when extract(isodow from {{ day }}) = 7 then 1 else 0 end
    )
{%- endmacro %}

{#- The day itself, or the Monday after if it is a Sunday. -#}
{% macro after_sunday(day) -%}
    (
        {{ day }}
        + case when extract(isodow from {{ day }}) = 7 then 1 else 0 end
    )
{%- endmacro %}

{#- The first day of the time for which daily attendance is kept. -#}
{% macro attendance_begins() -%}
    ({{ var('as_of') }} - {{ var('attendance_days') - 1 }})
{%- endmacro %}

{#- A working day in the two months before the oldest year that the project can show, when the school entered what
    hardly ever changes: subjects, rooms, hours, rules. -#}
{% macro entered_on(n) -%}
    {{ not_sunday(year_begins(current_year() ~ ' - 5') ~ ' - ' ~ random_int('entered', n, 5, 60) ~ '::int') }}
{%- endmacro %}
