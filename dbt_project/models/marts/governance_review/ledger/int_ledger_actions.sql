{{ config(materialized=step()) }}

-- Decisions, as the ledger has them; persons by the key that they have today.
{%- set columns = {
    'tenant_id': 'varchar', 'action_id': 'varchar', 'forum_id': 'varchar', 'meeting_at': 'timestamp', 'month': 'date',
    'kpi_id': 'varchar', 'scope_type': 'varchar', 'scope_id': 'varchar', 'trigger': 'varchar', 'decision': 'varchar',
    'decision_type': 'varchar', 'owner': 'varchar', 'due_on': 'date', 'expected_kpi': 'varchar',
    'expected_change': 'decimal(28, 9)', 'evaluate_on': 'date', 'status': 'varchar', 'closed_at': 'timestamp',
    'evidence_ref': 'varchar', 'follow_up_action_id': 'varchar', 'recorded_at': 'timestamp', 'recorded_by': 'varchar',
    'ledger_seq': 'bigint',
} %}

with

actions as (

    {{ ledger_rows('actions', columns) }}

),

former as (

    select * from {{ ref('core__former_person_keys') }}

)

select
    {% for column in columns if column != 'scope_id' -%}
    actions.{{ column }},
    {% endfor -%}
    {{ scope_of_today('actions') }} as scope_id
from actions
left join former
    on
    {{ is_former_scope('actions') }}
