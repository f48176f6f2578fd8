-- What each missed-contact policy would make of the same contacts, whatever the channel's own policy is: the five counts
-- and the three rates, in the month of the verdict (of an ignored contact: of the miss) and the name of the SLA owner.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

ticket_teams as (

    select * from {{ ref('int_kpi_ticket_teams') }}

),

classed as (

    {% for layer in ['marketplace', 'internal'] %}
    select
        tenant_id,
        obligation_key as fact_key,
        ticket_key,
        original_ticket_key,
        coalesce({{ layer }}_verdict_at, missed_at) as happened_at,
        kind || ' turn, ' || {{ layer }}_missed_class as detail,
        kind,
        '{{ layer }}' as layer,
        {{ layer }}_missed_class as missed_class,
        platform,
        marketplace_account_key,
        channel_key,
        {{ layer }}_sla_owner_team_key as owner_team_key,
        coalesce({{ layer }}_sla_owner_agent_key, 'unowned') as agent_key
    from obligations
    where {{ layer }}_missed_class is not null and kind in ('first', 'next')
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

dated as (

    select
        classed.*,
        coalesce(classed.owner_team_key, ticket_teams.team_key) as team_key,
        {{ kpi_local_month('classed.happened_at') }} as month,
        case when classed.missed_class = 'met_answered' then 1 else 0 end as met,
        case when classed.missed_class in ('met_answered', 'missed_recovered_in_target') then 1 else 0 end as met_or_recovered
    from classed
    inner join tenants on classed.tenant_id = tenants.tenant_id
    left join ticket_teams
        on
        classed.original_ticket_key = ticket_teams.ticket_key
        and classed.happened_at >= ticket_teams.from_at
        and (classed.happened_at < ticket_teams.to_at or ticket_teams.to_at is null)

),

measured as (

    {%- set kpis = [
        {'kpi_id': 'missed_contact_rate', 'stat': 'ratio', 'variant': 'sla_count_as_missed', 'layer': 'column:layer', 'numerator': 'met', 'denominator': '1'},
        {'kpi_id': 'missed_contact_rate', 'stat': 'ratio', 'variant': 'sla_treat_normally', 'layer': 'column:layer',
            'numerator': 'met_or_recovered', 'denominator': '1'},
        {'kpi_id': 'missed_contact_rate', 'stat': 'ratio', 'variant': 'sla_ignore', 'layer': 'column:layer', 'numerator': 'met', 'denominator': '1',
            'where': "missed_class in ('met_answered', 'late_answered')"},
    ] %}
    {%- for kind in ['first', 'next'] %}
    {%- for missed_class in ['met_answered', 'late_answered', 'missed_recovered_in_target', 'missed_recovered_late', 'missed_never'] %}
    {%- do kpis.append({
        'kpi_id': 'sla_compliance_' ~ kind ~ '_reply', 'stat': 'count', 'variant': 'n_' ~ missed_class, 'layer': 'column:layer',
        'where': "kind = '" ~ kind ~ "' and missed_class = '" ~ missed_class ~ "'",
    }) %}
    {%- endfor %}
    {%- endfor %}
    {{ kpi_counts('dated', kpis) }}

)

select * from measured
