{{ canonical_reference('event_calendar', per=[]) }}
