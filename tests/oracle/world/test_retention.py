"""The oldest month with rows of persons, by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.oracle.world.canonical_rows import instant
from tests.oracle.world.retention import agent_rows_from


@pytest.mark.parametrize(
    ("as_of", "zone", "oldest"),
    [
        ("2026-11-20T06:00:00+00:00", "Europe/Rome", date(2025, 10, 1)),
        ("2026-10-31T22:59:59+00:00", "Europe/Rome", date(2025, 9, 1)),
        ("2026-10-31T23:00:00+00:00", "Europe/Rome", date(2025, 10, 1)),
        ("2026-10-31T23:00:00+00:00", "UTC", date(2025, 9, 1)),
        ("2027-01-15T12:00:00+00:00", "UTC", date(2025, 12, 1)),
        ("2027-02-15T12:00:00+00:00", "UTC", date(2026, 1, 1)),
    ],
)
def test_thirteen_whole_months_before_the_local_month(as_of: str, zone: str, oldest: date) -> None:
    seen = instant(datetime.fromisoformat(as_of))
    assert seen is not None
    assert agent_rows_from(seen, zone) == oldest
