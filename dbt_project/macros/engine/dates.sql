{#- Engine differences about dates and clock times. -#}

{#- Text of a date, or null when it names none: a value that a vendor spoiled must not stop the build. -#}
{% macro date_or_null(text) -%}{{ return(adapter.dispatch('date_or_null', 'deskhouse')(text)) }}{%- endmacro %}
{% macro default__date_or_null(text) -%}
    try_cast({{ text }} as date)
{%- endmacro %}

{#- Date plus a number of days. -#}
{% macro add_days(day, days) -%}{{ return(adapter.dispatch('add_days', 'deskhouse')(day, days)) }}{%- endmacro %}
{% macro default__add_days(day, days) -%}
    ({{ day }} + cast({{ days }} as integer))
{%- endmacro %}
{% macro spark__add_days(day, days) -%}
    date_add({{ day }}, cast({{ days }} as int))
{%- endmacro %}

{#- Minutes after midnight as `HH:MM`; 1440 is `24:00`. -#}
{% macro clock_text(minutes) -%}
    lpad(cast(cast(floor({{ minutes }} / 60) as integer) as varchar), 2, '0')
    || ':' || lpad(cast(({{ minutes }}) % 60 as varchar), 2, '0')
{%- endmacro %}
