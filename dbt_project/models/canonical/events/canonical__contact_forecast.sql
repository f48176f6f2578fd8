{{ config(unique_key='forecast_key') }}

{{ canonical_event(
    'contact_forecast',
    keys={
        'forecast_key': surrogate_key(['tenant_id', 'source_system', "forecast_version_id || '|' || cast(interval_start as varchar) || '|' || grain || '|' || channel_id"]),
        'channel_key': surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'channel_id']),
    }
) }}
