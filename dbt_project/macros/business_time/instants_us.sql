{#- Business time works on instants as whole microseconds since 1970 (bigint): one integer addition instead of engine-specific
    interval arithmetic, and no rounding anywhere. Facts carry timestamps; these macros are the two borders. -#}

{#- UTC timestamp -> microseconds. -#}
{% macro epoch_us(at) -%}{{ return(adapter.dispatch('epoch_us', 'deskhouse')(at)) }}{%- endmacro %}
{% macro default__epoch_us(at) -%}
    cast(extract(epoch from {{ at }}) * 1000000 as bigint)
{%- endmacro %}
{% macro duckdb__epoch_us(at) -%}
    epoch_us({{ at }})
{%- endmacro %}
{% macro spark__epoch_us(at) -%}
    unix_micros({{ at }})
{%- endmacro %}

{#- Microseconds -> UTC timestamp. -#}
{% macro us_to_at(us) -%}{{ return(adapter.dispatch('us_to_at', 'deskhouse')(us)) }}{%- endmacro %}
{% macro default__us_to_at(us) -%}
    (timestamp '1970-01-01 00:00:00' + ({{ us }}) * interval '1 microsecond')
{%- endmacro %}
{% macro duckdb__us_to_at(us) -%}
    make_timestamp({{ us }})
{%- endmacro %}
{% macro spark__us_to_at(us) -%}
    timestamp_micros({{ us }})
{%- endmacro %}

{#- Microseconds of a duration -> whole seconds, cut (durations are never negative). -#}
{% macro whole_seconds(us) -%}{{ return(adapter.dispatch('whole_seconds', 'deskhouse')(us)) }}{%- endmacro %}
{% macro default__whole_seconds(us) -%}
    cast(floor(({{ us }}) / 1000000) as bigint)
{%- endmacro %}
{% macro postgres__whole_seconds(us) -%}
    (({{ us }}) / 1000000)
{%- endmacro %}
{% macro duckdb__whole_seconds(us) -%}
    (({{ us }}) // 1000000)
{%- endmacro %}

{#- The end of what has no end yet (year 9999), and the beginning of what was always so. -#}
{% macro far_us() -%}253402300799000000{%- endmacro %}
{% macro dawn_us() -%}0{%- endmacro %}

{#- The instant of judgement in microseconds. -#}
{% macro as_of_us() -%}{{ epoch_us(as_of_at()) }}{%- endmacro %}

{#- Lengths in microseconds. -#}
{% macro hours_us(hours) -%}{{ hours * 3600000000 }}{%- endmacro %}
{% macro days_us(days) -%}{{ days * 86400000000 }}{%- endmacro %}
