{{ canonical_reference('fixes', per=[]) }}
