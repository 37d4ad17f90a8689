{#- Row numbers: what keys and random values are made from. Each packs the facts that tell a row from all others of its
    branch into one integer, so that no number depends on how many rows there are: another section, seat or year gets
    numbers of its own, and nobody else's change. All stay below 2^32, as the hash wants it. -#}

{#- The pupil who comes to a seat at a step. A cohort is the year in which its pupils are in the branch's lowest grade,
    2000 to 2031; a letter is a section's (0 is A), below 256; a seat is below 64; a step counts years since the cohort
    began, below 16. Below 2^23. -#}
{% macro pupil_n(cohort, letter, seat, step) -%}
    ((({{ cohort }} - 2000) * 256 + {{ letter }}) * 64 + {{ seat }}) * 16 + {{ step }}
{%- endmacro %}

{#- Where a slice with many rows for each pupil may be cut into chunks: at a section of one of the cohorts that attend in
    the year. How many of these there are, and the pupils' number that `part` of them begins at: see pupil_n. -#}
{% macro cohort_sections() -%}
    (branch.last_level - branch.first_level + 2) * ({{ sections_expected() }})
{%- endmacro %}

{% macro cohort_section_begins() -%}
    (
        (year.no - 2001 - (branch.last_level - branch.first_level) + part // ({{ sections_expected() }})) * 256
        + part % ({{ sections_expected() }})
    ) * 1024
{%- endmacro %}

{#- The section of a grade level. Below 2^12. -#}
{% macro section_n(level, letter) -%}
    {{ level }} * 256 + {{ letter }}
{%- endmacro %}

{#- An adult of a family: role 0 is the father, 1 the mother, 2 another guardian; 3 is the family's second telephone.
    Below 2^25. -#}
{% macro guardian_n(family_n, role) -%}
    {{ family_n }} * 4 + {{ role }}
{%- endmacro %}

{#- One telephone number's place among those of all branches: guardians have the lower half of their branch's numbers,
    staff the upper. Below 2^31 for 31 branches. -#}
{% macro telephone_n(branch_no, n, staff=false) -%}
    {{ branch_no }} * 67108864 + {{ '33554432 + ' if staff else '' }}{{ n }}
{%- endmacro %}

{#- A post of a branch: the number of its row in the seed, below 128, and its place among the posts of that row, below
    256. Teachers come first, the roles of staff_roles after them. Below 2^16. -#}
{% macro post_n(no, place, teaches) -%}
    ({{ no }}{{ '' if teaches else ' + 128' }}) * 256 + {{ place }}
{%- endmacro %}

{#- A room that is no section's own: a row of facilities, below 128, and the team of letters that it serves. From 2^12
    on, so that a section's number is that of its classroom. Below 2^16. -#}
{% macro facility_n(no, team) -%}
    4096 + {{ no }} * 256 + {{ team }}
{%- endmacro %}

{#- A section's hour of the week, slot 0 to 47; its breaks are numbered from 48. Below 2^18. -#}
{% macro lesson_n(level, letter, slot) -%}
    ({{ section_n(level, letter) }}) * 64 + {{ slot }}
{%- endmacro %}
