{{ canonical_reference('incident_windows', per=[]) }}
