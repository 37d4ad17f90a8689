{#- The pool of substitutes that a section letter belongs to. A branch's first letters, three in a small one and ten
    in a large one, are pool 0; every later letter is one of its own. It hangs on the size that the seed gives,
    without limit and scale, and not on how many sections there are, so that no further letter moves anybody to
    another pool. -#}
{% macro substitute_pool(letter) -%}
    case
        when {{ letter }} < case when {{ branch.sections_per_grade }} >= 10 then 10 else 3 end then 0
        else {{ letter }}
    end
{%- endmacro %}
