-- People's time with every second of a person counted once: of overlapping pieces (parallel chats) the later one brings only
-- what the earlier ones did not cover, so stretches can be summed or cut at any instant. Grain: piece of `agent_time`.
--
-- What a roster says of handling or being ready is a plan, not work; of breaks, meetings, training and absence it is the
-- best there is. Unpaid pieces bring nothing.

with

pieces as (

    select
        agent_time_key,
        tenant_id,
        source_system,
        agent_key,
        state,
        source_quality,
        source_quality = 'scheduled' and state in ('handling', 'available') as is_plan,
        is_paid,
        paid_seconds,
        handling_seconds,
        {{ epoch_us('interval_start') }} as from_us,
        {{ epoch_us('case when interval_end > ' ~ as_of_at() ~ ' then ' ~ as_of_at() ~ ' else interval_end end') }} as to_us
    from {{ ref('core__agent_time') }}
    where
        not is_deleted_in_source
        and interval_start < {{ as_of_at() }}
        and interval_end > interval_start

),

measured as (

    select
        *,
        case
            when is_plan or not is_paid then from_us
            when handling_seconds is not null then least(to_us, from_us + handling_seconds * 1000000)
            when state = 'handling' then to_us
            else from_us
        end as handling_to_us,
        case when is_plan or not is_paid then from_us else least(to_us, from_us + paid_seconds * 1000000) end as paid_to_us
    from pieces

),

staffed as (

    select
        *,
        case when state = 'available' and is_paid and not is_plan then to_us else handling_to_us end as staffed_to_us
    from measured

),

covered as (

    select
        *,
    {% for measure in ['handling', 'staffed', 'paid'] %}
    greatest(
        from_us,
        coalesce(
            max({{ measure }}_to_us) over (
                partition by agent_key
                order by from_us, agent_time_key
                rows between unbounded preceding and 1 preceding
                ),
            from_us
        )
    ) as {{ measure }}_from_us{{ ',' if not loop.last }}
    {% endfor %}
    from staffed

)

select
    covered.agent_time_key,
    covered.tenant_id,
    covered.source_system,
    covered.agent_key,
    homes.team_key,
    covered.state,
    covered.source_quality,
    covered.is_plan,
    {{ us_to_at('covered.from_us') }} as from_at,
    {{ us_to_at('covered.to_us') }} as to_at,
{% for measure in ['handling', 'staffed', 'paid'] %}
case when covered.{{ measure }}_from_us < covered.{{ measure }}_to_us then {{ us_to_at('covered.' ~ measure ~ '_from_us') }} end as {{ measure }}_from_at,
case when covered.{{ measure }}_from_us < covered.{{ measure }}_to_us then {{ us_to_at('covered.' ~ measure ~ '_to_us') }} end as {{ measure }}_to_at{{ ',' if not loop.last }}
{% endfor %}
from covered
left join {{ ref('core__home_teams') }} as homes
    on
    covered.agent_key = homes.agent_key
    and covered.from_us >= homes.from_us
    and covered.from_us < homes.to_us
