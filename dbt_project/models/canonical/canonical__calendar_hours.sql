-- Hours follow the origin of their calendar.

{{ canonical_part('calendar_hours', whole='canonical__business_calendars', by=['calendar_id'], vendors=['zendesk']) }}
