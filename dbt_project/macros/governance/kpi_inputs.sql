{#-
    The inputs that cards of the registry name, each with what makes it present: rows of `relation` where `condition` holds, not
    rows of a table at all. `missing` is what a grey number says; `layer`, `from_at` and `to_at` are columns of the relation
    where the input is there for one policy layer or for a time only. An input listed twice is there by either way. Rows of a source
    that denies the capability `unless_denied` are none: a list of tickets with their first reply is no log of messages.
-#}
{% macro kpi_inputs() -%}
    {#- what customers say, as int_silent_sources hears it -#}
    {%- set heard = "((visibility = 'public' and author_role = 'customer') or is_live_contact)" -%}
    {%- set reply_metrics = "'first_reply', 'next_reply', 'case_response'" -%}
    {%- set inputs = [
        {'input': 'tickets', 'relation': 'dim_tickets'},
        {
            'input': 'ticket_events', 'relation': 'fct_ticket_events', 'unless_denied': 'event_log',
            'denied_rows': "coalesce(event_source, '') = 'snapshot_diff'",
        },
        {'input': 'messages', 'relation': 'fct_messages', 'condition': heard, 'unless_denied': 'message_log'},
        {'input': 'first_replies', 'relation': 'fct_messages', 'condition': heard, 'missing': 'messages'},
        {'input': 'any_messages', 'relation': 'fct_messages', 'missing': 'messages', 'unless_denied': 'message_log'},
        {
            'input': 'amazon_messages', 'relation': 'fct_messages',
            'condition': heard ~ " and platform = 'amazon' and marketplace_account_key is not null", 'unless_denied': 'message_log',
        },
        {'input': 'live_contacts', 'relation': 'fct_messages', 'condition': 'is_live_contact', 'missing': 'live contacts with their instants'},
        {
            'input': 'reply_obligations', 'relation': 'fct_messages', 'condition': heard, 'missing': 'messages',
            'unless_denied': 'message_log',
        },
        {'input': 'reply_obligations', 'relation': 'int_kpi_requests_alone', 'missing': 'messages'},
        {'input': 'business_hours', 'relation': 'int_kpi_opening_hours', 'missing': 'opening hours of a calendar by which a team works'},
        {'input': 'reason_tags', 'relation': 'dim_tags', 'condition': "kind = 'reason'"},
        {'input': 'satisfaction_responses', 'relation': 'fct_satisfaction_responses'},
        {'input': 'health_snapshots', 'relation': 'core__account_health_snapshots', 'condition': 'not coalesce(is_deleted_in_source, false)'},
        {'input': 'channels', 'relation': 'core__channels', 'condition': "origin <> 'inferred'"},
        {
            'input': 'judged_persons', 'relation': 'dim_agents',
            'condition': "agent_analytics_allowed and not is_bot and agent_views <> 'off'", 'missing': 'no person is described who may be judged',
        },
        {'input': 'team_membership', 'relation': 'core__team_membership'},
        {'input': 'marketplace_accounts', 'relation': 'dim_marketplace_accounts'},
        {'input': 'macros', 'relation': 'dim_macros'},
        {'input': 'month_closes', 'relation': 'int_ledger_closes'},
    ] -%}
    {%- for name in [
        'orders', 'order_defects', 'survey_sends', 'qa_reviews', 'qa_review_items', 'agent_time', 'handle_sessions', 'costs',
        'contact_forecast', 'fixes', 'self_service_events',
    ] -%}
        {%- do inputs.append({
            'input': name, 'relation': 'core__' ~ name, 'condition': 'not coalesce(is_deleted_in_source, false)',
        }) -%}
    {%- endfor -%}
    {%- for name, metrics, what in [
        ('first_reply_targets', "'first_reply'", 'for first replies'),
        ('next_reply_targets', "'next_reply'", 'for next replies'),
        ('resolution_targets', "'resolution'", 'for resolutions'),
        ('reply_targets', reply_metrics, 'for replies or requests'),
    ] -%}
        {%- do inputs.append({
            'input': name, 'relation': 'int_kpi_promises', 'condition': 'metric in (' ~ metrics ~ ')',
            'layer': 'layer', 'from_at': 'valid_from', 'to_at': 'valid_to', 'missing': 'no target ' ~ what ~ ' is in force',
        }) -%}
    {%- endfor -%}
    {{ return(inputs) }}
{%- endmacro %}

{#-
    Whether the source of a row does not deny what an input stands for; `denied_rows`: only of such rows it matters. What two polls let
    be inferred is no log of changes where the source says that it has none.
-#}
{% macro input_is_told(input) -%}
    {%- if input.unless_denied is defined -%}
    ({% if input.denied_rows is defined %}not ({{ input.denied_rows }}) or {% endif -%}
    not exists (
        select 1
        from {{ ref('core__source_capabilities') }} as denied
        where
            denied.tenant_id = {{ input.relation }}.tenant_id
            and denied.source_system = {{ input.relation }}.source_system
            and denied.capability = '{{ input.unless_denied }}'
            and denied.level = 'none'
    ))
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}

{#- Each input once, with the whole words for its absence. -#}
{% macro kpi_input_words() -%}
    {%- set words = {} -%}
    {%- for input in kpi_inputs() -%}
        {%- set missing = input.missing | default(input.input) -%}
        {%- set missing = missing if missing.startswith('no ') else 'no source delivers ' ~ missing -%}
        {%- do words.update({input.input: dict(input, missing=missing)}) -%}
    {%- endfor -%}
    {{ return(words.values() | list) }}
{%- endmacro %}

{#- Capabilities of sources that the contract knows (catalogue §2.8). -#}
{% macro source_capability_names() -%}
    {{ return([
        'event_log', 'role_history', 'handle_time', 'macro_id', 'delete_log', 'no_reply_flag', 'survey_resolved_question', 'agent_state',
        'business_calendar', 'due_date_published', 'assignment_log', 'tag_log',
        'ticket_team',
    ]) }}
{%- endmacro %}
