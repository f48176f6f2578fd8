{{ config(materialized=step()) }}

-- What changed among the source rows since a number that has moved was last recorded: per closed month and instant of
-- record, by kind of row and kind of change. Rows of the month itself and of the month before it, which reaches into it;
-- older ones only when these are unchanged. Corrected mappings name the scopes they touch. Nothing is read while nothing
-- has moved.

with

wanted as (

    select distinct
        tenant_id,
        month,
        recorded_at
    from {{ ref('int_restatements_moved') }}

),

horizons as (

    select
        tenant_id,
        max(month) as last_month
    from wanted
    group by tenant_id

),

fact_rows as (

    select facts.*
    from {{ ref('int_ledger_fact_rows') }} as facts
    inner join horizons
        on
        facts.tenant_id = horizons.tenant_id
        and facts.month <= horizons.last_month

),

present as (

    {{ fact_fingerprints('fact_rows', ['tenant_id', 'area', 'subject_key', 'month']) }}

),

stored as (

    select
        wanted.month as closed_month,
        wanted.recorded_at as since,
        facts.*,
        row_number() over (
            partition by wanted.month, wanted.recorded_at, facts.tenant_id, facts.area, facts.subject_key, facts.month
            order by facts.ledger_seq desc
        ) as recency
    from wanted
    inner join {{ ref('int_ledger_facts') }} as facts
        on
        wanted.tenant_id = facts.tenant_id
        and wanted.month >= facts.month
        and wanted.recorded_at >= facts.recorded_at

),

known as (

    select * from stored
    where recency = 1

),

expected as (

    select
        wanted.month as closed_month,
        wanted.recorded_at as since,
        present.*
    from wanted
    inner join present
        on
        wanted.tenant_id = present.tenant_id
        and wanted.month >= present.month

),

compared as (

    select
        coalesce(expected.tenant_id, known.tenant_id) as tenant_id,
        coalesce(expected.closed_month, known.closed_month) as month,
        coalesce(expected.since, known.since) as recorded_at,
        coalesce(expected.area, known.area) as area,
        coalesce(expected.month, known.month) as fact_month,
        coalesce(expected.row_count, 0) - coalesce(known.row_count, 0) as more_rows,
        coalesce(known.state, '') || coalesce(expected.state, '') as scopes,
        case
            when coalesce(expected.area, known.area) like '%mappings' then 'corrected'
            when known.state in ('merged', 'excluded') and expected.state = 'live' then 'revived'
            when coalesce(expected.row_count, 0) > coalesce(known.row_count, 0) then 'new'
            when coalesce(expected.row_count, 0) < coalesce(known.row_count, 0) then 'removed'
            else 'changed'
        end as change
    from expected
    full outer join known
        on
        {% for column in ['tenant_id', 'closed_month', 'since', 'area', 'subject_key', 'month'] -%}
        {{ 'and ' if not loop.first }}expected.{{ column }} = known.{{ column }}
        {% endfor -%}
    where
        (
            coalesce(expected.row_count, 0) <> coalesce(known.row_count, 0)
            or expected.content_hash <> known.content_hash
            or coalesce(expected.state, '') <> coalesce(known.state, '')
        )
        -- a new ticket, channel, account or tag corrects no mapping; a membership entered for a time past does
        and (
            coalesce(expected.area, known.area) not like '%mappings'
            or coalesce(expected.area, known.area) = 'team_mappings'
            or (expected.area is not null and known.area is not null)
        )

),

near as (

    select
        *,
        fact_month >= {{ dbt.dateadd('month', -1, 'month') }} as is_near,
        max(case when fact_month >= {{ dbt.dateadd('month', -1, 'month') }} then 1 else 0 end) over (
            partition by tenant_id, month, recorded_at, area
        ) as has_near
    from compared

),

counted as (

    select
        tenant_id,
        month,
        recorded_at,
        area,
        change,
        case when area like '%mappings' then scopes end as scopes,
        sum(greatest(abs(more_rows), 1)) as row_count
    from near
    where is_near or has_near = 0
    group by tenant_id, month, recorded_at, area, change, case when area like '%mappings' then scopes end

),

final as (

    select
        tenant_id,
        month,
        recorded_at,
        area,
        change,
        cast(sum(row_count) as bigint) as row_count,
        cast({{ sorted_list("coalesce(scopes, '')") }} as varchar) as scopes
    from counted
    group by tenant_id, month, recorded_at, area, change

)

select * from final
