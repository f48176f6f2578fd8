{{ config(materialized='view', schema='intermediate', access='private', contract={'enforced': false}) }}

-- The obligation fact holds the two policy layers side by side; per layer every obligation has one verdict, so the
-- daily mart reads it as one row per obligation and layer.
with obligations as (
    select * from {{ ref('fct_response_obligations') }}
),

-- E9: a logged call is answered at once; its 0 s is a reply, but no reply time.
proxy_tickets as (
    select
        ticket_key,
        created_at
    from {{ ref('dim_tickets') }}
    where origin = 'proxy'
),

timed as (
    select
        obligations.*,
        proxy_tickets.ticket_key is not null and obligations.kind = 'first' as is_logged_call
    from obligations
    left join proxy_tickets
        on obligations.original_ticket_key = proxy_tickets.ticket_key
        and obligations.started_at = proxy_tickets.created_at
),

final as (
    {% for layer in ['marketplace', 'internal'] %}
    {% if not loop.first %}union all{% endif %}
    select
        obligation_key,
        tenant_id,
        '{{ layer }}' as layer,
        {{ layer }}_policy_id as policy_id,
        {{ layer }}_verdict as verdict,
        {{ layer }}_verdict_at as verdict_at,
        {{ layer }}_overrun_s as overrun_s,
        {{ layer }}_owner_rule as owner_rule,
        {{ layer }}_missed_class as missed_class,
        case
            when {{ layer }}_verdict in ('met', 'breached') then coalesce({{ layer }}_sla_owner_agent_key, 'unowned')
            when {{ layer }}_verdict = 'waived' then coalesce(waived_by_agent_key, 'unowned')
            else 'unowned'
        end as counted_agent_key,
        coalesce({{ layer }}_sla_owner_team_key, team_key) as counted_team_key,
        case when {{ layer }}_verdict in ('met', 'breached') then {{ layer }}_verdict_at else started_at end as counted_at,
        state,
        started_at,
        satisfied_at,
        responder_agent_key,
        coalesce(responder_team_key, team_key) as responder_team_key,
        holder_agent_key,
        holder_team_key,
        case when not is_logged_call then elapsed_cal_s end as reply_cal_s,
        case when not is_logged_call then elapsed_bus_s end as reply_bus_s,
        is_time_uncertain
    from timed
    {% endfor %}
)

select * from final
