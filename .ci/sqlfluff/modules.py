"""Stands in for dbt's ``modules`` while SQL style is checked; its variables are placeholders, so nothing is parsed."""

import datetime as real
import re
from types import SimpleNamespace

import pytz

__all__ = ["datetime", "pytz", "re"]

_INSTANT = real.datetime(2026, 1, 1, tzinfo=real.UTC)
datetime = SimpleNamespace(
    datetime=SimpleNamespace(fromisoformat=lambda text: _INSTANT), timedelta=real.timedelta
)
