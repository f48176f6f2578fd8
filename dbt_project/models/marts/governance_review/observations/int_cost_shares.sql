{{ config(access='protected') }}

-- Costs of a month spread over the places where the work was (platform, account, channel, team), inside the scope they were
-- booked on, by the key each booking names: contacts, handle time, or paid time of the team (`headcount`). A direct booking
-- belongs wholly to its scope and is seen from other kinds of scope by contacts. Without any work there, a booking stays on
-- its scope alone. Grain: booking and place.

with

costs as (

    select * from {{ ref('int_costs') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

teams as (

    select * from {{ ref('dim_teams') }}

),

accounts as (

    select * from {{ ref('dim_marketplace_accounts') }}

),

unseen as (

    -- contacts that cannot be counted carry no costs: the few that are seen beside them (calls that somebody logged) would carry all,
    -- and so would those of one source where another does not tell its own
    select
        tenant_id,
        month
    from {{ ref('int_kpi_gaps') }}
    where
        kpi_id = 'contact_volume'
        and variant = '*'
        and clock = '*'
        and layer = '*'
    union
    select
        months.tenant_id,
        months.month
    from {{ ref('int_kpi_months') }} as months
    inner join {{ ref('int_kpi_source_gaps') }} as gaps
        on
        months.tenant_id = gaps.tenant_id
        and gaps.kpi_id = 'contact_volume'

),

work as (

    select
        tenant_id,
        month,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        sum(contacts) as contacts,
        sum(handle_s) as handle_s
    from (
        select
            counted.tenant_id,
            counted.month,
            counted.platform,
            counted.marketplace_account_key,
            counted.channel_key,
            counted.team_key,
            counted.numerator as contacts,
            0 as handle_s
        from {{ ref('int_kpi_turns') }} as counted
        left join unseen
            on
            counted.tenant_id = unseen.tenant_id
            and counted.month = unseen.month
        where counted.kpi_id = 'contact_volume' and unseen.tenant_id is null
        union all
        select
            tenant_id, month, platform, marketplace_account_key, channel_key, team_key,
            0 as contacts,
            handle_s
        from {{ ref('int_handle_sessions') }}
    ) as done
    group by tenant_id, month, platform, marketplace_account_key, channel_key, team_key

),

paid as (

    select
        tenant_id,
        month,
        team_key,
        sum(denominator) as paid_s
    from {{ ref('int_kpi_agent_time') }}
    where kpi_id = 'utilization'
    group by tenant_id, month, team_key

),

placed as (

    select
        work.*,
        accounts.marketplace_account_id,
        channels.channel_id,
        teams.team_id,
        -- a team's people are shared by the places its contacts came from
        coalesce(
            {{ as_double('paid.paid_s') }} * {{ as_double('work.contacts') }}
            / nullif({{ as_double('sum(work.contacts) over (partition by work.tenant_id, work.month, work.team_key)') }}, 0),
            0
        ) as headcount
    from work
    left join accounts on work.marketplace_account_key = accounts.marketplace_account_key
    left join channels on work.channel_key = channels.channel_key
    left join teams on work.team_key = teams.team_key
    left join paid
        on
        work.tenant_id = paid.tenant_id
        and work.month = paid.month
        and work.team_key = paid.team_key

),

weighed as (

    select
        costs.cost_key,
        placed.platform,
        placed.marketplace_account_id,
        placed.channel_id,
        placed.team_id,
        cast(
            case costs.allocation_key
                when 'handle_time' then placed.handle_s
                when 'headcount' then placed.headcount
                else placed.contacts
            end as decimal(18, 6)
        ) as weight
    from costs
    inner join placed
        on
        costs.tenant_id = placed.tenant_id
        and costs.month = placed.month
        and costs.scope_id = case costs.scope_type
            when 'company' then costs.scope_id
            when 'platform' then placed.platform
            when 'marketplace_account' then placed.marketplace_account_id
            when 'channel' then placed.channel_id
            when 'team' then placed.team_id
        end

),

shares as (

    select
        *,
        {{ as_double('weight') }} / {{ as_double('sum(weight) over (partition by cost_key)') }} as share
    from weighed
    where weight > 0

),

homes as (

    -- platform of what a booking names
    select
        tenant_id,
        'channel' as scope_type,
        channel_id as scope_id,
        min(platform) as platform
    from channels
    group by tenant_id, channel_id
    union all
    select
        tenant_id,
        'marketplace_account' as scope_type,
        marketplace_account_id as scope_id,
        min(platform) as platform
    from accounts
    group by tenant_id, marketplace_account_id

)

select
    costs.tenant_id,
    costs.cost_key,
    costs.cost_id,
    costs.cost_type,
    costs.month,
    costs.is_final,
    case
        when shares.cost_key is not null then shares.platform
        when costs.scope_type = 'platform' then costs.scope_id
        else homes.platform
    end as platform,
    {% for scope_type in ['marketplace_account', 'channel', 'team'] %}
    case
        when shares.cost_key is not null then shares.{{ scope_type }}_id
        when costs.scope_type = '{{ scope_type }}' then costs.scope_id
    end as {{ scope_type }}_id,
    {% endfor %}
    cast(costs.amount * coalesce(shares.share, 1) as decimal(28, 9)) as amount
from costs
left join shares on costs.cost_key = shares.cost_key
left join homes
    on
    costs.tenant_id = homes.tenant_id
    and costs.scope_type = homes.scope_type
    and costs.scope_id = homes.scope_id
