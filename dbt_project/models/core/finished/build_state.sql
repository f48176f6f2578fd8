{{ config(materialized='incremental', incremental_strategy='append') }}
-- Finished builds of core: from which one the next may go on. Written after every fact; grain: build.

-- depends_on: {{ ref('dim_tickets') }}
-- depends_on: {{ ref('bridge_ticket_tags') }}
-- depends_on: {{ ref('fct_response_obligations') }}
-- depends_on: {{ ref('fct_obligation_segments') }}
-- depends_on: {{ ref('fct_sla_verdicts') }}
-- depends_on: {{ ref('fct_resolution_cycles') }}
-- depends_on: {{ ref('fct_assignment_spans') }}
-- depends_on: {{ ref('fct_closings') }}
-- depends_on: {{ ref('int_ticket_spans') }}
-- depends_on: {{ ref('int_kpi_ticket_teams') }}
-- depends_on: {{ ref('fct_messages') }}
-- depends_on: {{ ref('fct_ticket_events') }}
-- depends_on: {{ ref('fct_satisfaction_responses') }}

select
    {{ run_started_literal() }} as run_started_at,
    {{ as_of_at() }} as as_of,
    reference_hash
from {{ ref('int_reference_fingerprint') }}
