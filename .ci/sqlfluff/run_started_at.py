"""Stands in for dbt's start instant while SQL style is checked."""

import datetime

_NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
astimezone = _NOW.astimezone
strftime = _NOW.strftime
