{{ canonical_reference('kpi_accountability', is_seeded=true, per=['kpi_id']) }}
