-- How far verdicts can be trusted, and the one kind of verdict the platform watches itself: instants that contradict each
-- other (by the start of the turn), verdicts that polling could flip, and marketplace requests of eBay (by the verdict).

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

verdicts as (

    {% for layer in ['marketplace', 'internal'] %}
    select
        obligations.tenant_id,
        obligations.obligation_key as fact_key,
        obligations.ticket_key,
        obligations.{{ layer }}_verdict_at as happened_at,
        obligations.kind || ' turn ' || obligations.{{ layer }}_verdict as detail,
        {{ kpi_local_month('obligations.' ~ layer ~ '_verdict_at') }} as month,
        '{{ layer }}' as layer,
        obligations.{{ layer }}_verdict = 'met' as is_met,
        obligations.kind = 'case' and obligations.platform = 'ebay' and '{{ layer }}' = 'marketplace' as is_ebay_case,
        obligations.is_time_uncertain,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        obligations.{{ layer }}_sla_owner_team_key as team_key,
        coalesce(obligations.{{ layer }}_sla_owner_agent_key, 'unowned') as agent_key
    from obligations
    inner join tenants on obligations.tenant_id = tenants.tenant_id
    where obligations.{{ layer }}_verdict in ('met', 'breached')
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

started as (

    select
        obligations.tenant_id,
        obligations.obligation_key as fact_key,
        obligations.ticket_key,
        obligations.started_at as happened_at,
        obligations.kind || ' turn' || case when obligations.is_clock_anomaly then ', clock anomaly' else '' end as detail,
        {{ kpi_local_month('obligations.started_at') }} as month,
        obligations.is_clock_anomaly,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        obligations.team_key,
        cast(null as varchar) as agent_key
    from obligations
    inner join tenants on obligations.tenant_id = tenants.tenant_id
    -- spam, deleted and test tickets are in no KPI; a turn excluded for its clock is what is counted here
    where
        obligations.state <> 'excluded'
        or obligations.exclusion_reason = 'clock_anomaly'

),

measured as (

    {{ kpi_counts('verdicts', [
        {'kpi_id': 'time_precision_share', 'stat': 'ratio', 'layer': 'column:layer', 'numerator': 'case when is_time_uncertain then 0 else 1 end', 'denominator': '1', 'agent_key': 'null'},
        {'kpi_id': 'ebay_case_response_compliance', 'stat': 'ratio', 'numerator': 'case when is_met then 1 else 0 end', 'denominator': '1', 'where': 'is_ebay_case'},
    ]) }}
    union all
    {{ kpi_counts('started', [
        {'kpi_id': 'clock_anomaly_rate', 'stat': 'ratio', 'numerator': 'case when is_clock_anomaly then 1 else 0 end', 'denominator': '1'},
    ]) }}

)

select * from measured
