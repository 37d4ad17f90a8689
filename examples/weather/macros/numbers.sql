{#- Row numbers, from which integer keys are made: a region sets numbers aside for each station, a station for each
    sensor and a sensor for each hour, so that another station or day renumbers nothing. -#}

{#- A sensor: four numbers for a station, of which three are used. -#}
{% macro sensor_n(station_n, kind_no) -%}
    {{ station_n }} * 4 + {{ kind_no }}
{%- endmacro %}

{#- An hour of a sensor, counted from 1 January 2020; 131,072 hours are some fifteen years. -#}
{% macro reading_n(sensor_n, hour_no) -%}
    ({{ sensor_n }}) * 131072 + {{ hour_no }}
{%- endmacro %}
