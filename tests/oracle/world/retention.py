"""How long numbers of single persons are kept (catalogue §11.7)."""

from __future__ import annotations

from datetime import date

from tests.oracle.numbers.statistics import month_of

KEPT_MONTHS = 13


def agent_rows_from(as_of: int, zone: str) -> date:
    """First day of the oldest month with rows of persons: thirteen whole months before the local month of now."""
    now = month_of(as_of, zone)
    months = now.year * 12 + now.month - 1 - KEPT_MONTHS
    return date(months // 12, months % 12 + 1, 1)
