{{ config(materialized='view') }}

-- Fingerprints of source rows, as the ledger has them; memberships by the key that the person has today.

with

facts as (

    {{ ledger_rows('facts', {
        'tenant_id': 'varchar', 'area': 'varchar', 'subject_key': 'varchar', 'month': 'date', 'row_count': 'bigint',
        'content_hash': 'varchar', 'state': 'varchar', 'recorded_at': 'timestamp', 'ledger_seq': 'bigint',
    }) }}

),

former as (

    select * from {{ ref('core__former_person_keys') }}

)

select
    facts.tenant_id,
    facts.area,
    case
        when former.agent_key is null then facts.subject_key
        else former.agent_key || substr(facts.subject_key, length(former.former_key) + 1)
    end as subject_key,
    facts.month,
    facts.row_count,
    facts.content_hash,
    case
        when former.agent_key is null then facts.state
        else replace(facts.state, '|' || former.former_key || '|', '|' || former.agent_key || '|')
    end as state,
    facts.recorded_at,
    facts.ledger_seq
from facts
left join former
    on
    facts.area = 'team_mappings'
    and split_part(facts.subject_key, '|', 1) = former.former_key
