-- Turns answered on the day they came, in both readings (24 hours, business day), in the month of the reply, and turns that
-- were not, in the month the day ran out.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

dues as (

    select * from {{ ref('int_kpi_day_dues') }}

),

owners as (

    select * from {{ ref('int_kpi_owners_of_a_day') }}

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

judged as (

    select
        dues.promise,
        obligations.tenant_id,
        obligations.obligation_key as fact_key,
        obligations.ticket_key,
        obligations.kind || case when owners.obligation_key is null then ' turn in time' else ' turn later' end as detail,
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
    from dues
    inner join obligations on dues.obligation_key = obligations.obligation_key
    left join owners on dues.promise = owners.promise and dues.obligation_key = owners.obligation_key
    where owners.obligation_key is not null or obligations.satisfied_at is not null

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
        {'kpi_id': 'ebay_message_24h', 'stat': 'ratio', 'numerator': 'case when is_met then 1 else 0 end', 'denominator': '1', 'happened_at': 'judged_at', 'where': "promise = 'sdr_24h' and platform = 'ebay'"},
        {'kpi_id': 'sdr_24h', 'stat': 'ratio', 'numerator': 'case when is_met then 1 else 0 end', 'denominator': '1', 'happened_at': 'judged_at', 'where': "promise = 'sdr_24h'"},
        {'kpi_id': 'sdr_bd', 'stat': 'ratio', 'numerator': 'case when is_met then 1 else 0 end', 'denominator': '1', 'happened_at': 'judged_at', 'where': "promise = 'sdr_bd'"},
    ]) }}

)

select * from measured
