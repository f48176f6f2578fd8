{{ canonical_reference('sla_policies', vendors=['zendesk'], is_seeded=true, per=['layer']) }}
