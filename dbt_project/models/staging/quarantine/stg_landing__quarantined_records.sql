{{ staged_quarantined_records('raw_landing') }}
