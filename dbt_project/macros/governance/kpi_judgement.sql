{#- Expressions of catalogue §10.2. Numbers are decimals, so that a value equal to its target is equal. -#}

{#- One bound of the Wilson 95 % interval of numerator / n, a double; null when n is 0. `side` is low or high. -#}
{% macro wilson_bound(numerator, n, side) -%}
    {%- set z = '1.959963984540054' -%}
    {%- set share = '(' ~ as_double(numerator) ~ ' / nullif(' ~ as_double(n) ~ ', 0))' -%}
    {%- set total = as_double(n) -%}
    round(
        (
            {{ share }} + {{ z }} * {{ z }} / (2 * {{ total }})
            {{ '-' if side == 'low' else '+' }} {{ z }} * sqrt(
                {{ share }} * (1 - {{ share }}) / nullif({{ total }}, 0) + {{ z }} * {{ z }} / (4 * {{ total }} * {{ total }})
            )
        ) / (1 + {{ z }} * {{ z }} / nullif({{ total }}, 0)),
        6
    )
{%- endmacro %}

{#- Signed distance to the target, negative = bad. A band counts from its nearer edge, `zero` is a band around nought. -#}
{% macro kpi_gap(value, target, target_high, direction) -%}
    case
        when {{ direction }} in ('higher', 'greater_than') then {{ value }} - {{ target }}
        when {{ direction }} in ('lower', 'less_than') then {{ target }} - {{ value }}
        when {{ direction }} = 'zero' then {{ target }} - abs({{ value }})
        when {{ direction }} = 'band' then least({{ value }} - {{ target }}, {{ target_high }} - {{ value }})
        when {{ direction }} = 'equals' then -abs({{ value }} - {{ target }})
    end
{%- endmacro %}

{#- Decimal in which values, targets and gaps are compared and stored. -#}
{% macro kpi_number(expression) -%}
    cast({{ expression }} as decimal(28, 9))
{%- endmacro %}

{#- Change against an earlier value relative to it, 0.1 = ten percent more; null when the earlier value is 0 or missing. -#}
{% macro kpi_relative_change(value, earlier) -%}
    {{ kpi_number('round(' ~ as_double(value ~ ' - ' ~ earlier) ~ ' / nullif(' ~ as_double(earlier) ~ ', 0), 9)') }}
{%- endmacro %}
