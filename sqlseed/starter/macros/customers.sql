{#- SQL that several models share. A macro's arguments are SQL expressions, as texts. -#}

{#- The day a customer came to the shop. `of` makes it the same day in whatever model it is used. -#}
{% macro joined_on(n) -%}
    {{ random_date('joined', n, shop.opened_on, var('as_of'), of='customer') }}
{%- endmacro %}

{#- An address under a domain that is reserved for examples; `n` makes it unique. -#}
{% macro email(first_name, last_name, n) -%}
    lower({{ first_name }} || '.' || replace({{ last_name }}, '''', '')) || {{ n }}
        || '@' || {{ shop.code }} || '.example.com'
{%- endmacro %}
