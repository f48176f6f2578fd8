{{ canonical_reference('channel_policy', per=['channel_id']) }}
