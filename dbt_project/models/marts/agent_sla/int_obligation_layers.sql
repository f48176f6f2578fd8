{{ config(materialized='view', schema='intermediate', access='private', contract={'enforced': false}) }}

-- The obligation fact holds the two policy layers side by side; per layer every obligation has one verdict, so the
-- daily mart reads it as one row per obligation and layer.
with obligations as (
    select * from {{ ref('fct_response_obligations') }}
),

-- who waived a turn stands with the home team of that instant, as for every act of a person
waivers as (
    select
        obligations.obligation_key,
        home_teams.team_key
    from obligations
    inner join {{ ref('core__home_teams') }} as home_teams
        on
        obligations.waived_by_agent_key = home_teams.agent_key
        and coalesce(obligations.waived_at, obligations.started_at) >= home_teams.valid_from
        and (coalesce(obligations.waived_at, obligations.started_at) < home_teams.valid_to or home_teams.valid_to is null)
    where obligations.state = 'waived'
),

final as (
    {% for layer in ['marketplace', 'internal'] %}
    {% if not loop.first %}union all{% endif %}
    select
        obligations.obligation_key,
        tenant_id,
        original_ticket_key,
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
        case
            when {{ layer }}_verdict in ('met', 'breached') then {{ layer }}_sla_owner_team_key
            when {{ layer }}_verdict = 'waived' then coalesce(waivers.team_key, obligations.team_key)
            else obligations.team_key
        end as counted_team_key,
        case when {{ layer }}_verdict in ('met', 'breached') then {{ layer }}_verdict_at else started_at end as counted_at,
        state,
        started_at,
        satisfied_at,
        responder_agent_key,
        responder_team_key,
        holder_agent_key,
        closer_agent_key,
        -- E9: a logged call is answered at once; its 0 s is a reply, but no reply time.
        case when not is_proxy then elapsed_cal_s end as reply_cal_s,
        case when not is_proxy then elapsed_bus_s end as reply_bus_s,
        is_time_uncertain
    from obligations
    left join waivers
        on obligations.obligation_key = waivers.obligation_key
    {% endfor %}
)

select * from final
