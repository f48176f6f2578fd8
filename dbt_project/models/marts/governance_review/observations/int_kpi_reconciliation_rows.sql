-- Our number and the published one of the same window, pair by pair and account or helpdesk by month: late response rate
-- (last published seven days), order defect rate (last published window of orders the seller ships), tickets created and
-- first replies of the month. Parts of ratios where both sides have them, so that accounts can be added up.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

accounts as (

    select * from {{ ref('dim_marketplace_accounts') }}

),

snapshots as (

    select
        snapshots.*,
        {{ dbt.datediff('snapshots.window_from', 'snapshots.window_to', 'day') }} + 1 as window_days
    from {{ ref('core__account_health_snapshots') }} as snapshots
    where
        snapshots.metric in ('amz_late_response_rate', 'amz_odr')
        and not snapshots.is_deleted_in_source

),

published as (

    select
        months.month,
        snapshots.*,
        accounts.account_tz,
        accounts.platform,
        row_number() over (
            partition by months.tenant_id, months.month, snapshots.marketplace_account_key, snapshots.metric
            order by snapshots.captured_at desc, snapshots.snapshot_id desc
        ) as recency
    from snapshots
    inner join months
        on
        snapshots.tenant_id = months.tenant_id
        and snapshots.captured_at >= months.month_start_at
        and snapshots.captured_at <= months.snapshot_at
    inner join accounts on snapshots.marketplace_account_key = accounts.marketplace_account_key
    where
        (snapshots.metric = 'amz_late_response_rate' and snapshots.window_days <= 8)
        or (snapshots.metric = 'amz_odr' and snapshots.fulfilment = 'mfn')

),

late_responses as (

    select
        published.tenant_id,
        published.month,
        'late_response_rate' as variant,
        published.platform,
        published.marketplace_account_key,
        published.captured_at as happened_at,
        cast(estimates.late_messages as decimal(18, 6)) as our_numerator,
        cast(estimates.judged_messages as decimal(18, 6)) as our_denominator,
        published.numerator as their_numerator,
        published.denominator as their_denominator,
        {{ as_double('estimates.late_messages') }} / nullif(estimates.judged_messages, 0) as our_value,
        {{ as_double('published.rate') }} as their_value
    from published
    inner join {{ ref('int_late_response_estimates') }} as estimates
        on
        published.marketplace_account_key = estimates.marketplace_account_key
        and published.window_to = estimates.date_day
    where
        published.metric = 'amz_late_response_rate'
        and published.recency = 1
        and estimates.window_length = '7d'

),

defect_orders as (

    select distinct order_key
    from {{ ref('core__order_defects') }}
    where
        defect_type in ('negative_feedback', 'a_to_z', 'chargeback')
        and coalesce(outcome, 'pending') not in ('denied', 'withdrawn', 'removed')
        and not is_deleted_in_source
        and opened_at <= {{ as_of_at() }}

),

placed as (

    -- an order stands on the local day of its account
    select
        published.tenant_id,
        published.month,
        published.marketplace_account_key,
        count(*) as orders,
        count(defect_orders.order_key) as orders_with_defect
    from published
    inner join {{ ref('core__orders') }} as orders
        on
        published.marketplace_account_key = orders.marketplace_account_key
        and published.fulfilment = orders.fulfilment
        and cast({{ utc_to_local('orders.placed_at', 'published.account_tz') }} as date) >= published.window_from
        and cast({{ utc_to_local('orders.placed_at', 'published.account_tz') }} as date) <= published.window_to
    left join defect_orders on orders.order_key = defect_orders.order_key
    where
        published.metric = 'amz_odr'
        and published.recency = 1
    group by published.tenant_id, published.month, published.marketplace_account_key

),

order_defects as (

    select
        published.tenant_id,
        published.month,
        'odr' as variant,
        published.platform,
        published.marketplace_account_key,
        published.captured_at as happened_at,
        cast(placed.orders_with_defect as decimal(18, 6)) as our_numerator,
        cast(placed.orders as decimal(18, 6)) as our_denominator,
        published.numerator as their_numerator,
        published.denominator as their_denominator,
        {{ as_double('placed.orders_with_defect') }} / nullif(placed.orders, 0) as our_value,
        {{ as_double('published.rate') }} as their_value
    from published
    inner join placed
        on
        published.marketplace_account_key = placed.marketplace_account_key
        and published.month = placed.month
    where
        published.metric = 'amz_odr'
        and published.recency = 1

),

measures as (

    select
        measures.*,
        {{ kpi_local_month('measures.started_at') }} as started_month,
        {{ kpi_local_month('measures.first_replied_at') }} as replied_month
    from {{ ref('core__tool_measures') }} as measures
    inner join tenants on measures.tenant_id = tenants.tenant_id

),

tools as (

    select distinct
        tenant_id,
        source_system
    from measures

),

ticket_counts as (

    select
        tenant_id,
        month,
        sum(is_ours) as ours,
        sum(is_theirs) as theirs
    from (
        select
            tickets.tenant_id,
            {{ kpi_local_month('tickets.created_at') }} as month,
            1 as is_ours,
            0 as is_theirs
        from {{ ref('dim_tickets') }} as tickets
        inner join tenants on tickets.tenant_id = tenants.tenant_id
        inner join tools
            on
            tickets.tenant_id = tools.tenant_id
            and tickets.source_system = tools.source_system

        union all

        select
            tenant_id,
            started_month,
            0,
            1
        from measures
        where started_at is not null
    ) as united
    group by tenant_id, month

),

first_replies as (

    select
        tenant_id,
        month,
        side,
        count(*) as n,
        {{ sorted_list('seconds') }} as sorted_seconds
    from (
        select
            obligations.tenant_id,
            {{ kpi_local_month('obligations.satisfied_at') }} as month,
            'ours' as side,
            obligations.elapsed_cal_s as seconds
        from {{ ref('fct_response_obligations') }} as obligations
        inner join tenants on obligations.tenant_id = tenants.tenant_id
        inner join tools
            on
            obligations.tenant_id = tools.tenant_id
            and obligations.source_system = tools.source_system
        where
            obligations.kind = 'first'
            and obligations.state = 'answered'
            and obligations.elapsed_cal_s is not null

        union all

        select
            tenant_id,
            replied_month,
            'theirs',
            {{ seconds_between('started_at', 'first_replied_at') }}
        from measures
        where first_replied_at >= started_at
    ) as united
    group by tenant_id, month, side

),

medians as (

    select
        tenant_id,
        month,
        side,
        n,
        (
            {{ list_item('sorted_seconds', 'floor((n + 1) / 2.0)') }} + {{ list_item('sorted_seconds', 'ceil((n + 1) / 2.0)') }}
        ) / {{ as_double('2') }} as median_s
    from first_replies

),

helpdesks as (

    select
        tenant_id,
        month,
        'tickets_created' as variant,
        cast(ours as decimal(18, 6)) as our_numerator,
        {{ as_double('ours') }} as our_value,
        {{ as_double('theirs') }} as their_value
    from ticket_counts
    where theirs > 0

    union all

    select
        ours.tenant_id,
        ours.month,
        'first_reply_time' as variant,
        cast(ours.n as decimal(18, 6)) as our_numerator,
        ours.median_s as our_value,
        theirs.median_s as their_value
    from medians as ours
    inner join medians as theirs
        on
        ours.tenant_id = theirs.tenant_id
        and ours.month = theirs.month
        and ours.side = 'ours'
        and theirs.side = 'theirs'

),

united as (

    select * from late_responses
    union all
    select * from order_defects
    union all
    select
        helpdesks.tenant_id,
        helpdesks.month,
        helpdesks.variant,
        null as platform,
        null as marketplace_account_key,
        months.snapshot_at as happened_at,
        helpdesks.our_numerator,
        null as our_denominator,
        null as their_numerator,
        null as their_denominator,
        helpdesks.our_value,
        helpdesks.their_value
    from helpdesks
    inner join months
        on
        helpdesks.tenant_id = months.tenant_id
        and helpdesks.month = months.month

)

select
    *,
    variant || '|' || coalesce(marketplace_account_key, 'helpdesk') || '|' || cast(month as varchar) as fact_key,
    'ours ' || cast(cast(our_value as decimal(18, 4)) as varchar) || ', published ' || cast(cast(their_value as decimal(18, 4)) as varchar)
        as detail,
    cast(coalesce(our_denominator, our_numerator) as decimal(28, 9)) as n
from united
where
    our_value is not null
    and their_value is not null
