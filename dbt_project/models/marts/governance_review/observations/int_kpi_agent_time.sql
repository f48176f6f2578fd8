-- What paid time went into, by person and month: with customers, ready for them, or neither. Pieces are cut at month ends.

{% set away_states = ['break', 'meeting', 'training', 'coaching', 'admin', 'absent_paid', 'offline'] %}

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

live_teams as (

    -- a team without live contacts chooses when to work: how busy its ready time is means nothing
    select distinct
        obligations.tenant_id,
        {{ kpi_local_month('obligations.started_at') }} as month,
        coalesce(obligations.responder_team_key, obligations.team_key) as team_key
    from obligations
    inner join channels on obligations.channel_key = channels.channel_key
    inner join tenants on obligations.tenant_id = tenants.tenant_id
    where
        channels.modality = 'live'
        and obligations.state <> 'excluded'

),

cut as (

    select
        months.tenant_id,
        months.month,
        pieces.agent_time_key as fact_key,
        cast(null as varchar) as ticket_key,
        pieces.from_at as happened_at,
        pieces.state as detail,
        pieces.state,
        cast(null as varchar) as platform,
        cast(null as varchar) as marketplace_account_key,
        cast(null as varchar) as channel_key,
        pieces.team_key,
        pieces.agent_key,
    {% for measure in ['handling', 'staffed', 'paid'] %}
    case
        when pieces.{{ measure }}_from_at < months.month_end_at and pieces.{{ measure }}_to_at > months.month_start_at
            then (
                {{ epoch_us('least(pieces.' ~ measure ~ '_to_at, months.month_end_at)') }}
                - {{ epoch_us('greatest(pieces.' ~ measure ~ '_from_at, months.month_start_at)') }}
                ) / {{ as_double(1000000) }}
        else 0
    end as {{ measure }}_s{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('int_agent_time') }} as pieces
    inner join months
        on
        pieces.tenant_id = months.tenant_id
        and pieces.from_at < months.month_end_at
        and pieces.to_at > months.month_start_at
    where not pieces.is_plan

),

worked as (

    select
        cut.*,
        case when cut.paid_s > 0 then 1 else 0 end as is_paid_piece,
        case when cut.staffed_s > 0 then 1 else 0 end as is_staffed_piece,
        live_teams.team_key is not null as serves_live
    from cut
    left join live_teams
        on
        cut.tenant_id = live_teams.tenant_id
        and cut.month = live_teams.month
        and cut.team_key = live_teams.team_key

),

away as (

    -- the share of a state is one of all paid time: one row holds a team's month
    select
        tenant_id,
        month,
        min(fact_key) as fact_key,
        cast(null as varchar) as ticket_key,
        min(happened_at) as happened_at,
        'paid time of a team' as detail,
        cast(null as varchar) as platform,
        cast(null as varchar) as marketplace_account_key,
        cast(null as varchar) as channel_key,
        team_key,
        cast(null as varchar) as agent_key,
        sum(paid_s) as paid_s,
        sum(is_paid_piece) as pieces,
    {% for state in away_states %}
    sum(case when state = '{{ state }}' then paid_s - staffed_s else 0 end) as {{ state }}_s{{ ',' if not loop.last }}
    {% endfor %}
    from worked
    group by tenant_id, month, team_key

),

measured as (

    {{ kpi_counts('worked', [
        {'kpi_id': 'utilization', 'stat': 'ratio', 'numerator': 'handling_s', 'denominator': 'paid_s', 'n': 'is_paid_piece'},
        {'kpi_id': 'availability_share', 'stat': 'ratio', 'numerator': 'staffed_s', 'denominator': 'paid_s', 'n': 'is_paid_piece'},
        {'kpi_id': 'occupancy', 'stat': 'ratio', 'numerator': 'handling_s', 'denominator': 'staffed_s', 'n': 'is_staffed_piece', 'where': 'serves_live', 'agent_key': 'null'},
        {'kpi_id': 'shrinkage', 'stat': 'ratio', 'numerator': 'paid_s - staffed_s', 'denominator': 'paid_s', 'n': 'is_paid_piece', 'agent_key': 'null'},
    ]) }}
    {% for state in away_states %}
    union all
    {{ kpi_counts('away', [
        {'kpi_id': 'shrinkage', 'stat': 'ratio', 'variant': state, 'numerator': state ~ '_s', 'denominator': 'paid_s', 'n': 'pieces', 'where': 'paid_s > 0'},
    ]) }}
    {% endfor %}

)

select * from measured
