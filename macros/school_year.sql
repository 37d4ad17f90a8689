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
    ({{ day }} - case when extract(isodow from {{ day }}) = 7 then 1 else 0 end)
{%- endmacro %}
