-- Durations that run through a ticket's states: solution and last reply after the first contact, waiting by status, gaps
-- between updates, time under a team, time to the first holder. One row per span, KPI and clock.

with

placed as (

    select
        spans.*,
        {{ kpi_local_month('spans.happened_at') }} as month
    from {{ ref('int_ticket_spans') }} as spans
    inner join {{ ref('canonical__tenants') }} as tenants on spans.tenant_id = tenants.tenant_id

),

measured as (

    {%- set kpis = [] %}
    {%- for kpi_id, purpose, sum, variant, where in [
        ('tfs', 'solution', 'all', 'none', 'true'),
        ('trt', 'last_reply', 'all', 'none', 'true'),
        ('requester_wait_time', 'life', 'requester', 'none', "variant = 'per_ticket'"),
        ('agent_work_time', 'life', 'work', 'column:variant', "variant = 'per_ticket' or was_worked_on"),
        ('on_hold_time', 'life', 'hold', 'none', "variant = 'per_ticket' and was_on_hold"),
        ('customer_wait_time', 'life', 'customer', 'none', "variant = 'per_ticket'"),
        ('update_gap', 'gap', 'all', 'periodic', 'true'),
        ('update_gap', 'gap', 'unpaused', 'pausable', 'true'),
        ('group_ownership_time', 'team', 'all', 'none', 'true'),
        ('time_to_assign', 'assignment', 'all', 'none', 'true'),
    ] %}
    {%- for clock, column in [('calendar', 'cal'), ('business', 'bus')] %}
    {%- do kpis.append({
        'kpi_id': kpi_id, 'clock': clock, 'variant': variant, 'seconds': sum ~ '_' ~ column ~ '_s',
        'where': "purpose = '" ~ purpose ~ "' and (" ~ where ~ ")",
    }) %}
    {%- endfor %}
    {%- endfor %}
    {{ kpi_durations('placed', kpis) }}

)

select * from measured
