{#- A text as a JSON string: between quotes, with quotes and backslashes escaped; our texts hold no line breaks. -#}
{% macro json_text(text) -%}
    '"' || replace(replace({{ text }}, '\', '\\'), '"', '\"') || '"'
{%- endmacro %}

{#- Parts of a JSON object, each a key and an SQL expression of the value's JSON text: [['name', "..."], ...]. -#}
{% macro json_object(parts) -%}
    (
        '{'
        {% for key, value in parts %}
        || '{{ '' if loop.first else ', ' }}"{{ key }}": ' || {{ value }}
        {% endfor %}
        || '}'
    )
{%- endmacro %}
