"""Every suite of the gate, in the order of its borders."""

from __future__ import annotations

from expectations.batches import Suite
from expectations.suites import landing_files, marts, publication, raw

SUITES: tuple[Suite, ...] = (
    *raw.SUITES,
    *landing_files.SUITES,
    *marts.SUITES,
    *publication.SUITES,
)
