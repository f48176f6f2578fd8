{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Kinds of input a tenant has at least one row of, under the names the registry uses.

with

present as (

    {% for input, relation, condition in [
        ('messages', 'fct_messages', 'true'),
        ('amazon_messages', 'fct_messages', "platform = 'amazon' and marketplace_account_key is not null"),
        ('tickets', 'dim_tickets', 'true'),
        ('ticket_events', 'fct_ticket_events', 'true'),
        ('live_contacts', 'dim_channels', "modality = 'live'"),
        ('reason_tags', 'dim_tags', "kind = 'reason'"),
        ('satisfaction_responses', 'fct_satisfaction_responses', 'true'),
        ('sla_targets', 'canonical__sla_targets', 'true'),
        ('health_snapshots', 'canonical__account_health_snapshots', 'true'),
        ('orders', 'canonical__orders', 'true'),
        ('order_defects', 'canonical__order_defects', 'true'),
        ('survey_sends', 'canonical__survey_sends', 'true'),
        ('qa_reviews', 'canonical__qa_reviews', 'true'),
        ('qa_review_items', 'canonical__qa_review_items', 'true'),
        ('agent_time', 'canonical__agent_time', 'true'),
        ('handle_sessions', 'canonical__handle_sessions', 'true'),
        ('costs', 'canonical__costs', 'true'),
        ('contact_forecast', 'canonical__contact_forecast', 'true'),
        ('macros', 'dim_macros', 'true'),
        ('fixes', 'canonical__fixes', 'true'),
        ('month_closes', 'int_ledger_closes', 'true'),
        ('self_service_events', 'canonical__self_service_events', 'true'),
    ] %}
    select distinct
        tenant_id,
        '{{ input }}' as input
    from {{ ref(relation) }}
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from present
