-- noqa: disable=LT02
-- (the rendered list of attributes is indented, the source is not)
-- What policies can see of a ticket over time, numbered: equal contexts are matched once. An attribute that no policy of the tenant
-- asks for is left out, so its changes cost nothing. Grain: lane and span.

with

asked as (

    select
        tenants.tenant_id,
        {%- for attribute in condition_attributes() %}
        coalesce(max(case when policies.{{ attribute }} is not null then 1 else 0 end), 0) as {{ attribute }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (select distinct tenant_id from {{ ref('int_tickets_visible') }}) as tenants
    left join {{ ref('int_policies') }} as policies on tenants.tenant_id = policies.tenant_id
    group by tenants.tenant_id

),

holders as (

    select
        tickets.ticket_no as lane_no,
        tickets.ticket_no as holder_no,
        cast({{ dawn_us() }} as bigint) as from_us,
        cast({{ far_us() }} as bigint) as to_us
    from {{ ref('int_tickets_visible') }} as tickets
    where not tickets.is_in_group
    union all
    select
        lane_no,
        ticket_no as holder_no,
        from_us,
        to_us
    from {{ ref('int_lane_map') }}
    where is_holder

),

states as (

    select * from {{ ref('int_lane_states') }}

),

calendars as (

    select * from {{ ref('int_lane_calendars') }}

),

-- a span for every attribute that changes in time; one span from dawn on where nobody asks
timed as (

    select
        holders.lane_no,
        tickets.tenant_id,
        case when asked.platform = 1 then tickets.platform end as platform,
        case when asked.channel_id = 1 then tickets.channel_id end as channel_id,
        case when asked.channel_class = 1 then tickets.channel_class end as channel_class,
        case when asked.marketplace_account_id = 1 then tickets.marketplace_account_id end as marketplace_account_id,
        case when asked.team_id = 1 then teams.value_id end as team_id,
        priorities.value_id as priority,
        case when asked.customer_type = 1 then tickets.customer_type end as customer_type,
        case when asked.reason_tag_id = 1 then reasons.value_id end as reason_tag_id,
        case when asked.language = 1 then tickets.language end as language,
        calendars.calendar_id,
        greatest(
            holders.from_us,
            priorities.from_us,
            calendars.from_us,
            case when asked.team_id = 1 then teams.from_us else 0 end,
            case when asked.reason_tag_id = 1 then reasons.from_us else 0 end
        ) as from_us,
        least(
            holders.to_us,
            priorities.to_us,
            calendars.to_us,
            case when asked.team_id = 1 then teams.to_us else {{ far_us() }} end,
            case when asked.reason_tag_id = 1 then reasons.to_us else {{ far_us() }} end
        ) as to_us
    from holders
    inner join {{ ref('int_tickets_visible') }} as tickets on holders.holder_no = tickets.ticket_no
    inner join asked on tickets.tenant_id = asked.tenant_id
    inner join calendars
        on holders.lane_no = calendars.lane_no
        and holders.from_us < calendars.to_us
        and calendars.from_us < holders.to_us
    inner join states as priorities
        on holders.lane_no = priorities.lane_no
        and priorities.attribute = 'priority'
        and greatest(holders.from_us, calendars.from_us) < priorities.to_us
        and priorities.from_us < least(holders.to_us, calendars.to_us)
    inner join states as teams
        on holders.lane_no = teams.lane_no
        and teams.attribute = 'team'
        and (asked.team_id = 1 or teams.from_us = 0)
    inner join states as reasons
        on holders.lane_no = reasons.lane_no
        and reasons.attribute = 'reason'
        and (asked.reason_tag_id = 1 or reasons.from_us = 0)

),

requests as (

    -- marketplace requests that no ticket is about
    select
        -cases.case_no as lane_no,
        cases.tenant_id,
        cases.platform,
        cases.marketplace_account_id,
        cast({{ dawn_us() }} as bigint) as from_us,
        cast({{ far_us() }} as bigint) as to_us
    from {{ ref('int_cases') }} as cases
    where cases.ticket_no is null

),

united as (

    select
        lane_no,
        tenant_id,
        {%- for attribute in condition_attributes() %}
        {{ attribute }},
        {%- endfor %}
        calendar_id,
        from_us,
        to_us
    from timed
    where from_us < to_us
    union all
    select
        lane_no,
        tenant_id,
        {%- for attribute in condition_attributes() %}
        {% if attribute in ('platform', 'marketplace_account_id') %}{{ attribute }}{% else %}cast(null as {{ dbt.type_string() }}) as {{ attribute }}{% endif %},
        {%- endfor %}
        {{ any_team_open() }} as calendar_id,
        from_us,
        to_us
    from requests

)

select
    *,
    tenant_id{% for attribute in condition_attributes() %} || '|' || coalesce({{ attribute }}, '~'){% endfor %} as context_key
from united
