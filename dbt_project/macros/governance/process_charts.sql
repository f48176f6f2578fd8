{#- Individuals and moving range charts (catalogue §12): a point is judged against the points before it. -#}

{#- Window of the baseline of a row: its last 40 points before it. -#}
{% macro xmr_window(partition, order, points=40) -%}
    (partition by {{ partition }} order by {{ order }} rows between {{ points }} preceding and 1 preceding)
{%- endmacro %}

{#- Half the distance between the limits of an individuals chart, from the mean moving range. -#}
{% macro xmr_reach(mean_range) -%}
    (2.66 * {{ mean_range }})
{%- endmacro %}

{#- Upper limit of the moving range itself. -#}
{% macro xmr_range_limit(mean_range) -%}
    (3.27 * {{ mean_range }})
{%- endmacro %}

{#- Position of a value between centre and limit: 0 is the centre, 1 the upper limit, -1 the lower one. On a chart without any
    variation every other value lies outside. Null below `min_points`. -#}
{% macro xmr_position(value, centre, reach, points, min_points=12) -%}
    case
        when {{ points }} < {{ min_points }} or {{ value }} is null or {{ centre }} is null then null
        when {{ reach }} > 0 then round(({{ value }} - {{ centre }}) / {{ reach }}, 9)
        when {{ value }} > {{ centre }} then 2
        when {{ value }} < {{ centre }} then -2
        else 0
    end
{%- endmacro %}

{#- Does a series give the signal of a side at this row? One point outside; 2 of 3 beyond two thirds of the way, this one among
    them; 8 in a row on the side. `side` is 1 (up) or -1 (down). -#}
{% macro xmr_signal(position, side, partition, order) -%}
    coalesce({{ position }} * {{ side }} > 1, false)
    or (
        coalesce({{ position }} * {{ side }} * 3 > 2, false)
        and sum(case when {{ position }} * {{ side }} * 3 > 2 then 1 else 0 end)
            over (partition by {{ partition }} order by {{ order }} rows between 2 preceding and current row) >= 2
    )
    or sum(case when {{ position }} * {{ side }} > 0 then 1 else 0 end)
        over (partition by {{ partition }} order by {{ order }} rows between 7 preceding and current row) = 8
{%- endmacro %}

{#- 97.5 % point of Student's t for a number of degrees of freedom (expansion around the normal point, good to 0.001 from 9 on). -#}
{% macro student_t_975(degrees) -%}
    {%- set z = 1.959963984540054 -%}
    (
        {{ z }}
        + {{ (z ** 3 + z) / 4 }} / {{ degrees }}
        + {{ (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96 }} / ({{ degrees }} * {{ degrees }})
        + {{ (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384 }} / ({{ degrees }} * {{ degrees }} * {{ degrees }})
    )
{%- endmacro %}
