{{ canonical_reference('business_calendars', vendors=['zendesk'], is_seeded=true, per=['calendar_id']) }}
