{#-
    Observations: what the monthly KPIs count, one row per counted thing and KPI. Scopes add them up (`int_kpi_counts_scoped`,
    `int_kpi_durations_scoped`) and `deskhouse explain` shows them, so a number and the rows behind it cannot differ.

    `relation` is a CTE with the columns tenant_id, month, platform, marketplace_account_key, channel_key, team_key, agent_key
    ('unowned' for nobody, null where attribution stops above the agent), and for the reader fact_key, ticket_key, happened_at,
    detail (a few words on the row). A KPI may name other columns or expressions for month, channel_key, team_key and agent_key.
    `subject_type` is reason, macro or fix with `subject_id`, for the scopes of that name.
-#}

{#- Ratios, counts, scores and sums: `kpis` are mappings with kpi_id, stat, where, and if they differ from the defaults
    numerator (1), denominator (null), n (denominator, else numerator), clock, layer, variant (none). -#}
{% macro kpi_counts(relation, kpis) -%}
    {%- for kpi in kpis %}
    select
        {{ kpi_observation_keys(kpi) }},
        '{{ kpi.stat }}' as stat,
        cast({{ kpi.numerator | default('1') }} as decimal(18, 6)) as numerator,
        cast({{ kpi.denominator | default('null') }} as decimal(18, 6)) as denominator,
        cast({{ kpi.n | default(kpi.denominator | default(kpi.numerator | default('1'))) }} as bigint) as n,
        cast(null as bigint) as seconds
    from {{ relation }}
    where {{ kpi.where | default('true') }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}

{#- Durations, of which scopes take median and percentiles: `kpis` are mappings with kpi_id, clock, seconds, where. Both kinds have the same
    columns, so that one model can hold all cards of a fact; a duration has the statistic `duration` and nothing that adds up. -#}
{% macro kpi_durations(relation, kpis) -%}
    {%- for kpi in kpis %}
    select
        {{ kpi_observation_keys(kpi) }},
        'duration' as stat,
        cast(null as decimal(18, 6)) as numerator,
        cast(null as decimal(18, 6)) as denominator,
        cast(null as bigint) as n,
        cast({{ kpi.seconds }} as bigint) as seconds
    from {{ relation }}
    where {{ kpi.where | default('true') }} and {{ kpi.seconds }} is not null
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}

{% macro kpi_observation_keys(kpi) -%}
        tenant_id,
        {{ kpi.month | default('month') }} as month,
        '{{ kpi.kpi_id }}' as kpi_id,
        '{{ kpi.clock | default('none') }}' as clock,
        {{ kpi_text(kpi.layer | default('none')) }} as layer,
        {{ kpi_text(kpi.variant | default('none')) }} as variant,
        platform,
        marketplace_account_key,
        {{ kpi.channel_key | default('channel_key') }} as channel_key,
        {{ kpi.team_key | default('team_key') }} as team_key,
        cast({{ kpi.agent_key | default('agent_key') }} as varchar) as agent_key,
        cast({{ ("'" ~ kpi.subject_type ~ "'") if kpi.subject_type else 'null' }} as varchar) as subject_type,
        cast({{ kpi.subject_id | default('null') }} as varchar) as subject_id,
        fact_key,
        ticket_key,
        {{ kpi.happened_at | default('happened_at') }} as happened_at,
        cast({{ kpi.detail | default('detail') }} as varchar) as detail
{%- endmacro %}

{#- A layer or variant is a word, or `column:name` for a column that carries it. -#}
{% macro kpi_text(value) -%}
    {{ value[7:] if value.startswith('column:') else "'" ~ value ~ "'" }}
{%- endmacro %}

{#- Columns an aggregate over observations needs. -#}
{% macro kpi_observation_dimensions() -%}
    tenant_id, month, kpi_id, clock, layer, variant, platform, marketplace_account_key, channel_key, team_key, agent_key, subject_type, subject_id
{%- endmacro %}
