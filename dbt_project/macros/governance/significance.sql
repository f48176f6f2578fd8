{#- Tests of significance in plain arithmetic, so that every engine gives the same answer. -#}

{#- z of the difference of two shares x1 / n1 and x2 / n2 with their pooled share; null where nothing can differ. -#}
{% macro two_proportion_z(x1, n1, x2, n2) -%}
    {%- set pooled = '(' ~ as_double(x1 ~ ' + ' ~ x2) ~ ' / nullif(' ~ as_double(n1 ~ ' + ' ~ n2) ~ ', 0))' -%}
    ({{ as_double(x1) }} / nullif({{ as_double(n1) }}, 0) - {{ as_double(x2) }} / nullif({{ as_double(n2) }}, 0))
    / nullif(
        sqrt({{ pooled }} * (1 - {{ pooled }}) * (1 / nullif({{ as_double(n1) }}, 0) + 1 / nullif({{ as_double(n2) }}, 0))), 0
    )
{%- endmacro %}

{#- Probability that a standard normal value lies at least as far from 0 as z. Polynomial 7.1.26 of Abramowitz and Stegun,
    off by at most 0.00000015. -#}
{% macro two_sided_p(z) -%}
    {%- set t = '(1 / (1 + 0.3275911 * abs(' ~ z ~ ') / sqrt(2)))' -%}
    {{ t }} * (
        0.254829592 + {{ t }} * (-0.284496736 + {{ t }} * (1.421413741 + {{ t }} * (-1.453152027 + {{ t }} * 1.061405429)))
    ) * exp(-({{ z }}) * ({{ z }}) / 2)
{%- endmacro %}
