-- `aht` of people: everyone's own sessions, so that a contact two people worked on is one of each. The other scopes count
-- it once, which no sum over people could give.

with

sorted as (

    select
        tenant_id,
        month,
        agent_key,
        count(*) as n,
        sum(handle_s) as seconds,
        {{ sorted_list('handle_s') }} as sorted_seconds
    from {{ ref('int_kpi_agent_handle_times_rows') }}
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
