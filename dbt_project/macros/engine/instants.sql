{#- Engine differences about instants. Everything right of staging is a UTC `timestamp` without zone. -#}

{#- Instant with zone (or text with offset) -> UTC timestamp. -#}
{% macro to_utc(expression) -%}{{ return(adapter.dispatch('to_utc', 'deskhouse')(expression)) }}{%- endmacro %}
{% macro default__to_utc(expression) -%}
    cast(cast({{ expression }} as timestamptz) at time zone 'UTC' as timestamp)
{%- endmacro %}

{#- The same of a vendor's text inside a JSON list, null when it names no instant: one spoiled value must not stop the build. -#}
{% macro to_utc_or_null(text) -%}{{ return(adapter.dispatch('to_utc_or_null', 'deskhouse')(text)) }}{%- endmacro %}
{% macro default__to_utc_or_null(text) -%}
    cast(try_cast({{ text }} as timestamptz) at time zone 'UTC' as timestamp)
{%- endmacro %}

{#- UTC timestamp -> wall clock of an IANA zone. -#}
{% macro utc_to_local(expression, zone) -%}{{ return(adapter.dispatch('utc_to_local', 'deskhouse')(expression, zone)) }}{%- endmacro %}
{% macro default__utc_to_local(expression, zone) -%}
    (({{ expression }}) at time zone 'UTC' at time zone {{ zone }})
{%- endmacro %}

{#- Wall clock of an IANA zone -> UTC timestamp, by the engine's own rule for gaps and overlaps. -#}
{% macro local_to_utc(expression, zone) -%}{{ return(adapter.dispatch('local_to_utc', 'deskhouse')(expression, zone)) }}{%- endmacro %}
{% macro default__local_to_utc(expression, zone) -%}
    (({{ expression }}) at time zone {{ zone }} at time zone 'UTC')
{%- endmacro %}

{#- Whole seconds from one UTC timestamp to another, cut towards minus infinity (durations are never negative). -#}
{% macro seconds_between(from_at, to_at) -%}{{ return(adapter.dispatch('seconds_between', 'deskhouse')(from_at, to_at)) }}{%- endmacro %}
{% macro default__seconds_between(from_at, to_at) -%}
    cast(floor(extract(epoch from ({{ to_at }} - {{ from_at }}))) as bigint)
{%- endmacro %}
{% macro duckdb__seconds_between(from_at, to_at) -%}
    ((epoch_us({{ to_at }}) - epoch_us({{ from_at }})) // 1000000)
{%- endmacro %}

{#- UTC timestamp plus a number of seconds. -#}
{% macro add_seconds(at, seconds) -%}{{ return(adapter.dispatch('add_seconds', 'deskhouse')(at, seconds)) }}{%- endmacro %}
{% macro default__add_seconds(at, seconds) -%}
    ({{ at }} + ({{ seconds }}) * interval '1 second')
{%- endmacro %}
{% macro duckdb__add_seconds(at, seconds) -%}
    ({{ at }} + to_seconds(cast({{ seconds }} as bigint)))
{%- endmacro %}

{#- First day of the month of a timestamp or date. -#}
{% macro month_start(expression) -%}
    cast(date_trunc('month', {{ expression }}) as date)
{%- endmacro %}
