{{
    config(
        materialized='incremental',
        incremental_strategy='append',
    )
}}

-- Depends on every incremental canonical table, so that a load counts as read only when all of them have read it.
-- depends_on: {{ ref('canonical__tickets') }}
-- depends_on: {{ ref('canonical__ticket_events') }}
-- depends_on: {{ ref('canonical__messages') }}
-- depends_on: {{ ref('canonical__satisfaction_responses') }}
-- depends_on: {{ ref('canonical__survey_sends') }}
-- depends_on: {{ ref('canonical__orders') }}
-- depends_on: {{ ref('canonical__order_defects') }}
-- depends_on: {{ ref('canonical__account_health_snapshots') }}
-- depends_on: {{ ref('canonical__qa_reviews') }}
-- depends_on: {{ ref('canonical__qa_review_items') }}
-- depends_on: {{ ref('canonical__agent_time') }}
-- depends_on: {{ ref('canonical__handle_sessions') }}
-- depends_on: {{ ref('canonical__costs') }}
-- depends_on: {{ ref('canonical__contact_forecast') }}
-- depends_on: {{ ref('canonical__self_service_events') }}


select
    load_id,
    {{ run_started_literal() }} as _loaded_at
from (values {{ new_load_id_rows() }}) as read_loads (load_id)
where load_id <> ''
