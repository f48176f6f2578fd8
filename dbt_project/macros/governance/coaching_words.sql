{#- A number as text with so many decimals. -#}
{% macro rounded_text(number, decimals) -%}
    cast(cast(round({{ number }}, {{ decimals }}) as decimal(18, {{ decimals }})) as varchar)
{%- endmacro %}

{#- The numbers behind a finding of `int_coaching_findings`, in words. -#}
{% macro coaching_evidence() -%}
    {%- set share = rounded_text('100 * value', 1) ~ " || ' %'" -%}
    {%- set peer_share = "coalesce(" ~ rounded_text('100 * peer_value', 1) ~ " || ' %', 'nothing')" -%}
    {%- set tail = "' (' || cast(n as varchar) || ' in ' || period_type || ')'" -%}
    case flag_id
        when 'high_aht_reason'
            then subject || ': ' || cast(cast(round(value) as bigint) as varchar) || ' s a contact, others ' || cast(cast(round(peer_value) as bigint) as varchar) || ' s' || {{ tail }}
        when 'low_fcr_reason' then subject || ': ' || {{ share }} || ' resolved at first contact, others ' || {{ peer_share }} || {{ tail }}
        when 'macro_unused' then subject || ': ' || {{ share }} || ' of replies with a macro, others ' || {{ peer_share }} || {{ tail }}
        when 'reopen_outlier' then {{ share }} || ' of resolutions reopened, rest of the team ' || {{ peer_share }} || {{ tail }}
        when 'retag_outlier' then {{ share }} || ' of first reasons changed later, rest of the team ' || {{ peer_share }} || {{ tail }}
        when 'quality_below_min'
            then
                {{ share }} || ' of quality points, minimum ' || {{ rounded_text('100 * coalesce(bound, 0.85)', 1) }} || ' %'
                || {{ tail }}
        else cast(cast(numerator as bigint) as varchar) || ' errors of product or process knowledge in 30 days (' || cast(n as varchar) || ' reviews)'
    end
{%- endmacro %}

{#- What to talk about. -#}
{% macro coaching_topic() -%}
    case flag_id
        when 'high_aht_reason' then 'Way of working on ' || subject
        when 'low_fcr_reason' then 'Solving at first contact: ' || subject
        when 'macro_unused' then 'Macros for ' || subject
        when 'reopen_outlier' then 'Solving before closing'
        when 'retag_outlier' then 'Choosing the reason'
        when 'quality_below_min' then 'Quality criteria of the last reviews'
        else 'Product and process training (trainer)'
    end
{%- endmacro %}
