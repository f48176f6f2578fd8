{{ canonical_reference('root_cause_map', per=[]) }}
