{#- A mobile number, different for each `n` below 2^31, in every branch: a permutation of the numbers from 70000 00000.
    India reserves no numbers for fiction, and the application accepts 6 to 9 as the first digit, so a number may be
    somebody's: never call or text what this makes. -#}
{% macro mobile_number(n) -%}
    '+91-' || (7000000000 + {{ permute('mobile number', n, 2147483648, by=[], of='guardians') }})::text
{%- endmacro %}

{#- The part of an e-mail address before the number: `first.last` in small letters, without apostrophes and spaces. -#}
{% macro email_name(first_name, last_name) -%}
    lower(regexp_replace({{ first_name }} || '.' || {{ last_name }}, '[^A-Za-z.]', '', 'g'))
{%- endmacro %}
