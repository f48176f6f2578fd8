{{ canonical_reference('kpi_accountability', is_seeded=true, per=['kpi_id'], spelled_out='int_kpi_duties') }}
