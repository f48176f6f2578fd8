{#-
    Tables whose log says of which months the inputs of the registry are known, by input. What is described and not logged (channels,
    macros, promises), and the figures of a platform, which speak of its own windows, have none.
-#}
{% macro kpi_input_logs() -%}
    {%- set logs = {'qa_review_items': 'qa_reviews'} -%}
    {%- for input in [
        'messages', 'first_replies', 'any_messages', 'amazon_messages', 'live_contacts', 'reply_obligations',
    ] -%}
        {%- do logs.update({input: 'messages'}) -%}
    {%- endfor -%}
    {%- for table_name in logged_tables() -%}
        {%- do logs.update({table_name: table_name}) -%}
    {%- endfor -%}
    {{ return(logs) }}
{%- endmacro %}

{#- Tables of what happens day by day; of the others a first row late in a month says nothing. -#}
{% macro daily_tables() -%}
    {{ return(['tickets', 'ticket_events', 'messages', 'orders', 'agent_time', 'handle_sessions', 'self_service_events']) }}
{%- endmacro %}

{% macro logged_tables() -%}
    {{ return(daily_tables() + [
        'satisfaction_responses', 'survey_sends', 'order_defects', 'qa_reviews', 'costs', 'contact_forecast',
    ]) }}
{%- endmacro %}
