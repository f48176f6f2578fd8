"""Values of a small world written by hand, for tests of single KPIs."""

from __future__ import annotations

from datetime import datetime

from tests.oracle.numbers.kpis import Value
from tests.oracle.numbers.tenants import compute
from tests.oracle.world.canonical_rows import Tables, instant
from tests.oracle.world.story import at

START = at("2026-03-02 00:00")


def kpi_values(tables: Tables, as_of: datetime) -> dict[tuple[str, str, str, str], Value]:
    seen = instant(as_of)
    assert seen is not None
    (tenant,) = compute(tables, seen)
    return {
        (v.cell.kpi, v.stat, v.cell.scope_type, f"{v.cell.layer}/{v.cell.variant}"): v
        for v in tenant.kpis()
        if v.cell.scope_type in ("company", "marketplace_account")
    }
