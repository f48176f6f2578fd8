-- How far breached obligations went past their due time, in the target's clock and in elapsed time, in the month of the
-- breach and the name of its owner. What is unanswered still grows.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

contained as (

    -- a turn that a bot answered or an agent deleted after the breach ended with its last segment
    select
        segments.obligation_key,
        max(segments.to_at) as ended_at
    from {{ ref('fct_obligation_segments') }} as segments
    inner join obligations on segments.obligation_key = obligations.obligation_key
    where obligations.state in ('answered_by_bot', 'excluded')
    group by segments.obligation_key

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

ended as (

    select
        obligations.*,
        coalesce(
            obligations.satisfied_at,
            obligations.waived_at,
            contained.ended_at,
            case when obligations.missed_policy = 'treat_normally' then obligations.recovered_at end,
            {{ as_of_at() }}
        ) as until_at
    from obligations
    left join contained on obligations.obligation_key = contained.obligation_key

),

breached as (

    {% for layer in ['marketplace', 'internal'] %}
    select
        ended.tenant_id,
        ended.obligation_key as fact_key,
        ended.ticket_key,
        ended.{{ layer }}_verdict_at as happened_at,
        ended.kind || ' turn due ' || cast(ended.{{ layer }}_due_at as varchar) || ', ' || ended.{{ layer }}_owner_rule as detail,
        {{ kpi_local_month('ended.' ~ layer ~ '_verdict_at') }} as month,
        '{{ layer }}' as layer,
        ended.platform,
        ended.marketplace_account_key,
        ended.channel_key,
        ended.{{ layer }}_sla_owner_team_key as team_key,
        coalesce(ended.{{ layer }}_sla_owner_agent_key, 'unowned') as agent_key,
        ended.{{ layer }}_overrun_s as target_clock_s,
        {{ seconds_between('ended.' ~ layer ~ '_due_at', 'ended.until_at') }} as calendar_s
    from ended
    inner join tenants on ended.tenant_id = tenants.tenant_id
    where ended.{{ layer }}_verdict = 'breached'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

measured as (

    {{ kpi_durations('breached', [
        {'kpi_id': 'sla_overrun', 'layer': 'column:layer', 'seconds': 'target_clock_s'},
        {'kpi_id': 'sla_overrun', 'layer': 'column:layer', 'clock': 'calendar', 'seconds': 'case when calendar_s < 0 then 0 else calendar_s end'},
    ]) }}

)

select * from measured
