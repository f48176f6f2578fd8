{#- F(t): open microseconds of a calendar up to t, from the window that the as-of lookup found (null = before the first). -#}
{% macro open_us_at(window, at_us) -%}
    coalesce({{ window }}.open_us_before + least({{ at_us }}, {{ window }}.closes_us) - {{ window }}.opens_us, 0)
{%- endmacro %}

{#- The inverse of F: the first instant at which the open microseconds reach `needed_us`. The window is the last one with
    open_us_before < needed_us, so a target that ends exactly at closing time is due then, not at the next opening.
    Null when the windows end before the target does (no calendar, or one that is never open again). -#}
{% macro instant_of_open_us(window, needed_us) -%}
    case
        when {{ window }}.open_us_before + {{ window }}.closes_us - {{ window }}.opens_us >= {{ needed_us }}
            then {{ window }}.opens_us + {{ needed_us }} - {{ window }}.open_us_before
    end
{%- endmacro %}

{#- The last instant that facts judged at `as_of` look at; an aggregate over the targets. A target of n open seconds is reached
    within 20 n elapsed seconds on any calendar open 8 hours a week; a year comes on top. -#}
{% macro horizon_end(as_of) -%}
    {{ add_seconds(
        as_of, 'coalesce(max(target_seconds), 0) * 20 + coalesce(max(target_business_days), 0) * 86400 * 14 + 366 * 86400'
    ) }}
{%- endmacro %}
