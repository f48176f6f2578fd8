-- Beside the verdicts (int_kpi_verdicts): how far breached obligations went past their due time, in the target's clock and in elapsed
-- time; how far verdicts can be trusted; requests of eBay; and what each missed-contact policy would make of the same contacts, whatever
-- the channel's own policy is. In the month of the verdict (of an ignored contact: of the miss) and the name of the SLA owner.

{#- Not a step of its own: whoever asks for a month reads the rows of that month alone. -#}
{%- set obligations = ref('fct_response_obligations') %}

with

contained as (

    -- a turn that a bot answered or an agent deleted after the breach ended with its last segment
    select
        segments.obligation_key,
        max(segments.to_at) as ended_at
    from {{ ref('fct_obligation_segments') }} as segments
    inner join {{ obligations }} as obligations on segments.obligation_key = obligations.obligation_key
    where obligations.state in ('answered_by_bot', 'excluded')
    group by segments.obligation_key

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
    from {{ obligations }} as obligations
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
        ended.{{ layer }}_verdict_month as month,
        '{{ layer }}' as layer,
        ended.platform,
        ended.marketplace_account_key,
        ended.channel_key,
        ended.{{ layer }}_sla_owner_team_key as team_key,
        coalesce(ended.{{ layer }}_sla_owner_agent_key, 'unowned') as agent_key,
        ended.{{ layer }}_overrun_s as target_clock_s,
        {{ seconds_between('ended.' ~ layer ~ '_due_at', 'ended.until_at') }} as calendar_s
    from ended
    where ended.{{ layer }}_verdict = 'breached'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

verdicts as (

    {% for layer in ['marketplace', 'internal'] %}
    select
        obligations.tenant_id,
        obligations.obligation_key as fact_key,
        obligations.ticket_key,
        obligations.{{ layer }}_verdict_at as happened_at,
        obligations.kind || ' turn ' || obligations.{{ layer }}_verdict as detail,
        obligations.{{ layer }}_verdict_month as month,
        '{{ layer }}' as layer,
        obligations.{{ layer }}_verdict = 'met' as is_met,
        obligations.kind = 'case' and obligations.platform = 'ebay' and '{{ layer }}' = 'marketplace' as is_ebay_case,
        obligations.is_time_uncertain,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        obligations.{{ layer }}_sla_owner_team_key as team_key,
        coalesce(obligations.{{ layer }}_sla_owner_agent_key, 'unowned') as agent_key
    from {{ obligations }} as obligations
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
        obligations.started_month as month,
        obligations.is_clock_anomaly,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        obligations.team_key,
        cast(null as varchar) as agent_key
    from {{ obligations }} as obligations
    -- spam, deleted and test tickets are in no KPI; a turn excluded for its clock is what is counted here
    where
        obligations.state <> 'excluded'
        or obligations.exclusion_reason = 'clock_anomaly'

),

ticket_teams as (

    select * from {{ ref('int_kpi_ticket_teams') }}

),

classed as (

    {% for layer in ['marketplace', 'internal'] %}
    {%- set is_last_layer = loop.last %}
    {%- for dated_by, is_judged in [(layer ~ '_verdict', 'is not null'), ('missed', 'is null')] %}
    select
        tenant_id,
        obligation_key as fact_key,
        ticket_key,
        original_ticket_key,
        {{ dated_by }}_at as happened_at,
        {{ dated_by }}_month as month,
        kind || ' turn, ' || {{ layer }}_missed_class as detail,
        kind,
        '{{ layer }}' as layer,
        {{ layer }}_missed_class as missed_class,
        platform,
        marketplace_account_key,
        channel_key,
        {{ layer }}_sla_owner_team_key as owner_team_key,
        coalesce({{ layer }}_sla_owner_agent_key, 'unowned') as agent_key
    from {{ obligations }} as obligations
    where {{ layer }}_missed_class is not null and kind in ('first', 'next') and {{ layer }}_verdict_at {{ is_judged }}
    {{ 'union all' if not (is_last_layer and loop.last) }}
    {%- endfor %}
    {% endfor %}

),

ownerless as (

    -- hardly any: the teams of tickets over time are not read for what has an owner
    select
        classed.fact_key,
        classed.layer,
        ticket_teams.team_key
    from classed
    inner join ticket_teams
        on
        classed.original_ticket_key = ticket_teams.ticket_key
        and classed.happened_at >= ticket_teams.from_at
        and (classed.happened_at < ticket_teams.to_at or ticket_teams.to_at is null)
    where classed.owner_team_key is null

),

dated as (

    select
        classed.*,
        'n_' || classed.missed_class as class_variant,
        coalesce(classed.owner_team_key, ownerless.team_key) as team_key,
        case when classed.missed_class = 'met_answered' then 1 else 0 end as met,
        case when classed.missed_class in ('met_answered', 'missed_recovered_in_target') then 1 else 0 end as met_or_recovered
    from classed
    left join ownerless
        on
        classed.fact_key = ownerless.fact_key
        and classed.layer = ownerless.layer

),

measured as (

    {{ kpi_durations('breached', [
        {'kpi_id': 'sla_overrun', 'layer': 'column:layer', 'seconds': 'target_clock_s'},
        {'kpi_id': 'sla_overrun', 'layer': 'column:layer', 'clock': 'calendar', 'seconds': 'case when calendar_s < 0 then 0 else calendar_s end'},
    ]) }}
    union all
    {{ kpi_counts('verdicts', [
        {'kpi_id': 'time_precision_share', 'stat': 'ratio', 'layer': 'column:layer', 'numerator': 'case when is_time_uncertain then 0 else 1 end', 'denominator': '1', 'agent_key': 'null'},
        {'kpi_id': 'ebay_case_response_compliance', 'stat': 'ratio', 'numerator': 'case when is_met then 1 else 0 end', 'denominator': '1', 'where': 'is_ebay_case'},
    ]) }}
    union all
    {{ kpi_counts('started', [
        {'kpi_id': 'clock_anomaly_rate', 'stat': 'ratio', 'numerator': 'case when is_clock_anomaly then 1 else 0 end', 'denominator': '1'},
    ]) }}
    union all
    {%- set kpis = [
        {'kpi_id': 'missed_contact_rate', 'stat': 'ratio', 'variant': 'sla_count_as_missed', 'layer': 'column:layer', 'numerator': 'met', 'denominator': '1'},
        {'kpi_id': 'missed_contact_rate', 'stat': 'ratio', 'variant': 'sla_treat_normally', 'layer': 'column:layer',
            'numerator': 'met_or_recovered', 'denominator': '1'},
        {'kpi_id': 'missed_contact_rate', 'stat': 'ratio', 'variant': 'sla_ignore', 'layer': 'column:layer', 'numerator': 'met', 'denominator': '1',
            'where': "missed_class in ('met_answered', 'late_answered')"},
    ] %}
    {%- for kind in ['first', 'next'] %}
    {%- do kpis.append({
        'kpi_id': 'sla_compliance_' ~ kind ~ '_reply', 'stat': 'count', 'variant': 'column:class_variant', 'layer': 'column:layer',
        'where': "kind = '" ~ kind ~ "' and missed_class in ('met_answered', 'late_answered', 'missed_recovered_in_target',"
        ~ " 'missed_recovered_late', 'missed_never')",
    }) %}
    {%- endfor %}
    {{ kpi_counts('dated', kpis) }}

)

select * from measured
