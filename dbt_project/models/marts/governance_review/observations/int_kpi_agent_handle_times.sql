-- `aht` of people: everyone's own sessions, so that a contact two people worked on is one of each. The other scopes count
-- it once, which no sum over people could give.

with

sessions as (

    select * from {{ ref('int_handle_sessions') }} as found
    where {{ kpi_is_seen('found.ticket_key', 'aht') }}

),

contacts as (

    select
        obligation_key,
        max(month) as month
    from sessions
    where obligation_key is not null
    group by obligation_key

),

parts as (

    select
        sessions.tenant_id,
        contacts.month,
        sessions.agent_key,
        sessions.obligation_key,
        sum(sessions.handle_s) as handle_s
    from sessions
    inner join contacts on sessions.obligation_key = contacts.obligation_key
    group by sessions.tenant_id, contacts.month, sessions.agent_key, sessions.obligation_key

),

sorted as (

    select
        tenant_id,
        month,
        agent_key,
        count(*) as n,
        sum(handle_s) as seconds,
        {{ sorted_list('handle_s') }} as sorted_seconds
    from parts
    group by tenant_id, month, agent_key

),

final as (

    {% for stat, value in [
        ('mean', as_double('seconds') ~ ' / n'),
        (
            'median',
            '(' ~ list_item('sorted_seconds', 'floor((n + 1) / 2)') ~ ' + ' ~ list_item('sorted_seconds', 'floor((n + 2) / 2)') ~ ') / ' ~ as_double(2)
        ),
    ] %}
    select
        tenant_id,
        month,
        'aht' as kpi_id,
        '{{ stat }}' as stat,
        'none' as clock,
        'none' as layer,
        'none' as variant,
        'agent' as scope_type,
        agent_key as scope_id,
        {{ value }} as value,
        cast(null as varchar) as value_text,
        seconds as numerator,
        n as denominator,
        n,
        {{ as_double('null') }} as ci_low,
        {{ as_double('null') }} as ci_high
    from sorted
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
