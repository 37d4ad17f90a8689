{#- How large a branch is: what the seed branches says, within var('section_limit') and var('seat_limit'), and
    var('scale') times as many sections. A school of the usual size has neither limit nor scale, and its statements
    do not mention them. -#}

{#- Sections of every grade, up to 250. -#}
{% macro sections_per_grade() -%}
    {%- if var('section_limit') < 32 -%}
        least({{ branch.sections_per_grade }}, {{ var('section_limit') }})
    {%- else -%}
        {{ branch.sections_per_grade }}
    {%- endif -%}
    {%- if var('scale') != 1 %} * {{ var('scale') }}{% endif -%}
{%- endmacro %}

{#- Most pupils in a section. -#}
{% macro section_size() -%}
    {%- if var('seat_limit') < 64 -%}
        least({{ branch.section_size }}, {{ var('seat_limit') }})
    {%- else -%}
        {{ branch.section_size }}
    {%- endif -%}
{%- endmacro %}

{#- Places of a section that a cohort fills: without the spare ones. -#}
{% macro seats() -%}
    {{ section_size() }} - {{ var('spare_seats') }}
{%- endmacro %}

{#- The same as an expression of a setting, of `rows` for example. -#}
{% macro sections_expected() -%}
    [branch.sections_per_grade, var('section_limit')]|min * var('scale')
{%- endmacro %}

{#- Rows expected of a model with so many for each section. -#}
{% macro per_section(rows) -%}
    {{ rows }} * (branch.last_level - branch.first_level + 1) * {{ sections_expected() }}
{%- endmacro %}

{#- Rows expected of a model with so many for each seat. -#}
{% macro per_seat(rows) -%}
    {{ per_section(rows) }} * ([branch.section_size, var('seat_limit')]|min - var('spare_seats'))
{%- endmacro %}

{#- A section's name: A to Z, then AA, AB and so on. -#}
{% macro section_name(letter) -%}
    case when {{ letter }} >= 26 then chr(64 + ({{ letter }} / 26)::int) else '' end
        || chr(65 + ({{ letter }} % 26)::int)
{%- endmacro %}

{#- Rows expected of a model that has them in the running year alone. -#}
{% macro this_year(rows) -%}
    {{ rows }} * (year.no == {{ current_year() }})
{%- endmacro %}
