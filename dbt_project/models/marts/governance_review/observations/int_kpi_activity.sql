{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- What people wrote: public replies, those with a macro, notes, replies on tickets of colleagues, by author and month.

with

messages as (

    select * from {{ ref('fct_messages') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

written as (

    select
        messages.tenant_id,
        {{ kpi_local_month('messages.sent_at') }} as month,
        messages.is_human_public_reply,
        messages.is_qualifying_reply,
        messages.visibility = 'internal' as is_note,
        coalesce(messages.is_assist, false) as is_assist,
        messages.macro_key is not null as has_macro,
        messages.platform,
        messages.marketplace_account_key,
        messages.channel_key,
        messages.team_key,
        coalesce(messages.author_agent_key, 'unowned') as agent_key
    from messages
    inner join tenants on messages.tenant_id = tenants.tenant_id
    where
        messages.author_role = 'agent'
        and not messages.is_ticket_excluded
        and not coalesce(messages.is_duplicate, false)

),

measured as (

    {% for kpi_id, stat, numerator, denominator, condition in [
        ('replies_sent', 'count', '1', 'null', 'is_human_public_reply'),
        ('assist_replies', 'count', '1', 'null', 'is_human_public_reply and is_assist'),
        ('internal_notes', 'count', '1', 'null', 'is_note'),
        ('macro_usage_rate', 'ratio', 'case when has_macro then 1 else 0 end', '1', 'is_human_public_reply'),
        ('attribution_coverage', 'ratio', "case when agent_key = 'unowned' then 0 else 1 end", '1', 'is_qualifying_reply'),
    ] %}
    select
        tenant_id,
        month,
        '{{ kpi_id }}' as kpi_id,
        '{{ stat }}' as stat,
        'none' as layer,
        'none' as variant,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        agent_key,
        cast({{ numerator }} as bigint) as numerator,
        cast({{ denominator }} as bigint) as denominator
    from written
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from measured
