{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Turns answered within 24 calendar hours, in the month of the reply, and turns that were not, in the month the day ran out.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

owners as (

    select * from {{ ref('int_kpi_owners_of_24h') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

judged as (

    select
        obligations.tenant_id,
        obligations.obligation_key as fact_key,
        obligations.ticket_key,
        obligations.kind || case when owners.obligation_key is null then ' turn within 24 h' else ' turn later' end as detail,
        coalesce(owners.due_at, obligations.satisfied_at) as judged_at,
        owners.obligation_key is null as is_met,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        case when owners.obligation_key is null then obligations.responder_team_key else owners.team_key end as team_key,
        case
            when owners.obligation_key is null then coalesce(obligations.responder_agent_key, 'unowned')
            else owners.agent_key
        end as agent_key
    from obligations
    left join owners on obligations.obligation_key = owners.obligation_key
    where
        owners.obligation_key is not null
        or (
            obligations.kind in ('first', 'next')
            and obligations.state = 'answered'
            and obligations.elapsed_cal_s <= 86400
            and coalesce(obligations.exclusion_reason, 'none') <> 'missed_policy'
        )

),

dated as (

    select
        judged.*,
        {{ kpi_local_month('judged.judged_at') }} as month
    from judged
    inner join tenants on judged.tenant_id = tenants.tenant_id

),

measured as (

    {{ kpi_counts('dated', [
        {'kpi_id': 'sdr_24h', 'stat': 'ratio', 'numerator': 'case when is_met then 1 else 0 end', 'denominator': '1', 'happened_at': 'judged_at'},
        {'kpi_id': 'ebay_message_24h', 'stat': 'ratio', 'numerator': 'case when is_met then 1 else 0 end', 'denominator': '1', 'happened_at': 'judged_at', 'where': "platform = 'ebay'"},
    ]) }}

)

select * from measured
