{#- Grouping sets of a roll-up: the whole company, each kind of scope, and the subject (reason, macro, fix) where there is one. -#}
{% macro kpi_grouping_sets(keys) -%}
    grouping sets (
        ({{ keys }}),
        ({{ keys }}, platform),
        ({{ keys }}, marketplace_account_id),
        ({{ keys }}, channel_id),
        ({{ keys }}, team_id),
        ({{ keys }}, agent_key),
        ({{ keys }}, subject_type, subject_id)
    )
{%- endmacro %}

{#- Scope of a row that came out of those sets. -#}
{% macro kpi_scope_type() -%}
    case
        when grouping(platform) = 0 then 'platform'
        when grouping(marketplace_account_id) = 0 then 'marketplace_account'
        when grouping(channel_id) = 0 then 'channel'
        when grouping(team_id) = 0 then 'team'
        when grouping(agent_key) = 0 then 'agent'
        when grouping(subject_id) = 0 then subject_type
        else 'company'
    end
{%- endmacro %}

{#- Id of that scope; null where the rows have none (no account, attribution stops above the agent). -#}
{% macro kpi_scope_id() -%}
    case
        when grouping(platform) = 0 then platform
        when grouping(marketplace_account_id) = 0 then marketplace_account_id
        when grouping(channel_id) = 0 then channel_id
        when grouping(team_id) = 0 then team_id
        when grouping(agent_key) = 0 then agent_key
        when grouping(subject_id) = 0 then subject_id
        else 'company'
    end
{%- endmacro %}

{#- The platform a KPI is about; null where it is about none in particular. Cards of one platform begin with its short name. -#}
{% macro kpi_platform(kpi_id) -%}
    case
        {%- for start, platform in {'amz': 'amazon', 'ebay': 'ebay', 'wmt': 'walmart', 'etsy': 'etsy', 'social': 'facebook'}.items() %}
        when {{ kpi_id }} like '{{ start }}%' then '{{ platform }}'
        {%- endfor %}
    end
{%- endmacro %}
