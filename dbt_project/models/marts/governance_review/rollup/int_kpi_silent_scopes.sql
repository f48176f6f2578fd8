{{ config(materialized=step()) }}

-- Rows of scopes below the company that cannot be measured: whoever has a row of any KPI in the month has one of every KPI that is
-- defined for such a scope and lacks an input, with what is missing. Beside what nobody delivers: what the only sources
-- of a scope do not tell while others of the tenant do.

with

expected as (

    select * from {{ ref('int_kpi_expected') }}

),

computed as (

    select * from {{ ref('int_kpi_values') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

accounts as (

    select * from {{ ref('dim_marketplace_accounts') }}

),

placed as (

    select distinct
        tickets.tenant_id,
        tickets.source_system,
        tickets.platform,
        channels.channel_id,
        accounts.marketplace_account_id
    from tickets
    left join channels on tickets.channel_key = channels.channel_key
    left join accounts on tickets.marketplace_account_key = accounts.marketplace_account_key

),

scope_sources as (

    -- the sources a scope hears of its tickets from
    {% for column in ['platform', 'channel_id', 'marketplace_account_id'] %}
    select distinct
        tenant_id,
        '{{ column.removesuffix('_id') }}' as scope_type,
        {{ column }} as scope_id,
        source_system
    from placed
    where {{ column }} is not null

    union all

    {% endfor %}
    select distinct
        tenant_id,
        'team' as scope_type,
        team_id as scope_id,
        source_system
    from {{ ref('dim_teams') }}

    union all

    select distinct
        tenant_id,
        'agent' as scope_type,
        agent_key as scope_id,
        source_system
    from {{ ref('core__agents') }}

),

platforms as (

    -- of scopes that lie on one platform
    select distinct
        tenant_id,
        'platform' as scope_type,
        platform as scope_id,
        platform
    from tickets

    union all

    select
        tenant_id,
        'marketplace_account' as scope_type,
        marketplace_account_id as scope_id,
        platform
    from accounts

    union all

    select
        tenant_id,
        'channel' as scope_type,
        channel_id as scope_id,
        max(platform) as platform
    from channels
    group by tenant_id, channel_id

),

living as (

    select distinct
        tenant_id,
        month,
        scope_type,
        scope_id
    from computed
    where scope_type <> 'company'

),

scoped as (

    select
        expected.*,
        living.scope_type,
        living.scope_id
    from expected
    inner join living
        on
        expected.tenant_id = living.tenant_id
        and expected.month = living.month
        and '|' || expected.allowed_scopes || '|' like '%|' || living.scope_type || '|%'
    left join platforms
        on
        living.tenant_id = platforms.tenant_id
        and living.scope_type = platforms.scope_type
        and living.scope_id = platforms.scope_id
    -- a KPI of one platform says nothing of another, and of whose scopes it would be is told by its own rows alone
    where coalesce(platforms.platform = {{ kpi_platform('expected.kpi_id') }}, {{ kpi_platform('expected.kpi_id') }} is null)

),

heard as (

    select
        tenant_id,
        scope_type,
        scope_id,
        count(distinct source_system) as sources
    from scope_sources
    group by tenant_id, scope_type, scope_id

),

silent_sources as (

    -- a scope is silent where all its sources are
    select
        heard.tenant_id,
        heard.scope_type,
        heard.scope_id,
        gaps.kpi_id,
        min(gaps.reason) as reason
    from heard
    inner join scope_sources
        on
        heard.tenant_id = scope_sources.tenant_id
        and heard.scope_type = scope_sources.scope_type
        and heard.scope_id = scope_sources.scope_id
    inner join {{ ref('int_kpi_source_gaps') }} as gaps
        on
        scope_sources.tenant_id = gaps.tenant_id
        and scope_sources.source_system = gaps.source_system
    group by heard.tenant_id, heard.scope_type, heard.scope_id, gaps.kpi_id, heard.sources
    having count(distinct gaps.source_system) = heard.sources

),

reasoned as (

    select
        scoped.tenant_id,
        scoped.month,
        scoped.kpi_id,
        scoped.stat,
        scoped.clock,
        scoped.layer,
        scoped.variant,
        scoped.scope_type,
        scoped.scope_id,
        coalesce(scoped.gap_reason, silent_sources.reason) as gap_reason
    from scoped
    left join silent_sources
        on
        scoped.tenant_id = silent_sources.tenant_id
        and scoped.scope_type = silent_sources.scope_type
        and scoped.scope_id = silent_sources.scope_id
        and scoped.kpi_id = silent_sources.kpi_id
        and scoped.is_governed_variant
    where scoped.gap_reason is not null or silent_sources.reason is not null

)

select reasoned.*
from reasoned
-- what was counted all the same has its row
left join computed
    on
    reasoned.tenant_id = computed.tenant_id
    and reasoned.month = computed.month
    and reasoned.kpi_id = computed.kpi_id
    and reasoned.stat = computed.stat
    and reasoned.clock = computed.clock
    and reasoned.layer = computed.layer
    and reasoned.variant = computed.variant
    and reasoned.scope_type = computed.scope_type
    and reasoned.scope_id = computed.scope_id
where computed.kpi_id is null
