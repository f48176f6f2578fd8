{{ config(access='protected') }}

-- What was forecast for each finished interval and what came: the last locked version made before the interval began. Day,
-- week and month are those of the reporting zone. Grain: channel id, grain and interval.

with

channels as (

    select * from {{ ref('dim_channels') }}

),

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

locked as (

    select
        *,
        row_number() over (
            partition by tenant_id, channel_id, grain, interval_start
            order by made_at desc, forecast_version_id desc, forecast_key
        ) as from_last
    from {{ ref('core__contact_forecast') }}
    where
        is_locked
        and made_at <= interval_start
        and not is_deleted_in_source

),

bounded as (

    select
        locked.tenant_id,
        locked.forecast_key,
        locked.channel_id,
        locked.grain,
        locked.interval_start,
        {{ kpi_local_month('locked.interval_start') }} as month,
        case locked.grain
            when '30min' then {{ add_seconds('locked.interval_start', 1800) }}
            {% for grain in ['day', 'week', 'month'] %}
            when '{{ grain }}'
                then {{ local_to_utc(dbt.dateadd(grain, 1, utc_to_local('locked.interval_start', 'tenants.reporting_tz')), 'tenants.reporting_tz') }}
            {% endfor %}
        end as interval_end,
        {{ as_double('locked.forecast_contacts') }} as forecast_contacts,
        {{ as_double('locked.required_fte') }} as required_fte
    from locked
    inner join tenants on locked.tenant_id = tenants.tenant_id
    where locked.from_last = 1

),

finished as (

    select * from bounded
    where interval_end <= {{ as_of_at() }}

),

grains as (

    select distinct
        tenant_id,
        grain
    from finished

),

contacts as (

    select
        obligations.tenant_id,
        obligations.started_at,
        channels.channel_id,
        grains.grain
    from obligations
    inner join channels on obligations.channel_key = channels.channel_key
    inner join grains on obligations.tenant_id = grains.tenant_id
    where
        obligations.kind in ('first', 'next')
        and obligations.state <> 'excluded'

),

placed as (

    select
        contacts.started_at,
        finished.forecast_key,
        finished.interval_end
    from contacts
    {{ asof_left_join(
        'finished', 'finished',
        [['contacts.tenant_id', 'tenant_id'], ['contacts.channel_id', 'channel_id'], ['contacts.grain', 'grain']],
        'contacts.started_at', 'interval_start'
    ) }}

),

received as (

    select
        forecast_key,
        count(*) as contacts
    from placed
    where started_at < interval_end
    group by forecast_key

),

named as (

    select
        tenant_id,
        channel_id,
        min(channel_key) as channel_key,
        min(platform) as platform
    from channels
    group by tenant_id, channel_id

)

select
    finished.*,
    coalesce(received.contacts, 0) as actual_contacts,
    named.channel_key,
    named.platform
from finished
left join received on finished.forecast_key = received.forecast_key
left join named
    on
    finished.tenant_id = named.tenant_id
    and finished.channel_id = named.channel_id
