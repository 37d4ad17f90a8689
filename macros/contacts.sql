{#- A mobile number, different for each `n` below 10^9, in every branch: the last nine digits are a permutation. India
    reserves no numbers for fiction, and the application accepts 6 to 9 as the first digit, so a number may be somebody's:
    never call or text what this makes. -#}
{% macro mobile_number(n) -%}
    '+91-' || {{ choice('first digit', n, {'9': 4, '8': 3, '7': 2, '6': 1}, by=[], of='guardians') }}
        || lpad({{ permute('mobile number', n, 1000000000, by=[], of='guardians') }}::text, 9, '0')
{%- endmacro %}

{#- The part of an e-mail address before the number: `first.last` in small letters, without apostrophes and spaces. -#}
{% macro email_name(first_name, last_name) -%}
    lower(regexp_replace({{ first_name }} || '.' || {{ last_name }}, '[^A-Za-z.]', '', 'g'))
{%- endmacro %}
