{{ config(materialized=step()) }}

-- Keys that persons had before the key was renewed; none in a warehouse that an earlier version built.

{{ rows_if_present(ref('canonical__former_person_keys'), {'tenant_id': 'varchar', 'former_key': 'varchar', 'agent_key': 'varchar'}) }}
