{#- Scope of a row that came out of grouping sets over platform, marketplace_account_id, channel_id, team_id, agent_key. -#}
{% macro kpi_scope_type() -%}
    case
        when grouping(platform) = 0 then 'platform'
        when grouping(marketplace_account_id) = 0 then 'marketplace_account'
        when grouping(channel_id) = 0 then 'channel'
        when grouping(team_id) = 0 then 'team'
        when grouping(agent_key) = 0 then 'agent'
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
        else 'company'
    end
{%- endmacro %}
