{#- Local time of day as text (`09:00`, `9:00`, `18:30:00`, `24:00`) -> minutes since local midnight; seconds are cut. -#}
{% macro local_minutes(time_text) -%}
    (
        cast(substring({{ time_text }}, 1, position(':' in {{ time_text }}) - 1) as integer) * 60
        + cast(substring({{ time_text }}, position(':' in {{ time_text }}) + 1, 2) as integer)
    )
{%- endmacro %}

{#- One row per local date from the day of `first_at` to the day of `last_at` (two scalar expressions on `relation`). -#}
{% macro date_rows(relation, first_at, last_at) -%}{{ return(adapter.dispatch('date_rows', 'deskhouse')(relation, first_at, last_at)) }}{%- endmacro %}
{% macro default__date_rows(relation, first_at, last_at) -%}
    select cast(day_at as date) as date_day
    from {{ relation }}
    cross join lateral generate_series({{ first_at }}, {{ last_at }}, interval '1 day') as days (day_at)
{%- endmacro %}
{% macro spark__date_rows(relation, first_at, last_at) -%}
    select cast(day_at as date) as date_day
    from {{ relation }}
    lateral view explode(sequence({{ first_at }}, {{ last_at }}, interval 1 day)) days as day_at
{%- endmacro %}

{#- ISO weekday of a date: Monday 1 … Sunday 7. -#}
{% macro iso_weekday(date_day) -%}{{ return(adapter.dispatch('iso_weekday', 'deskhouse')(date_day)) }}{%- endmacro %}
{% macro default__iso_weekday(date_day) -%}
    cast(extract(isodow from {{ date_day }}) as integer)
{%- endmacro %}
{% macro spark__iso_weekday(date_day) -%}
    (weekday({{ date_day }}) + 1)
{%- endmacro %}
