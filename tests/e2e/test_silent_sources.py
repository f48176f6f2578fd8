"""A source whose first customer message arrives after months of silent tickets: its facts are made anew, no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.acceptance.silent_desks import MONDAY, logbook
from tests.landing_builder import Desk, hours, write
from tests.oracle.comparison.compare import compare_core
from tests.pipeline import UP_TO_CORE, run_landing
from tests.warehouse_content import computed_anew

pytestmark = pytest.mark.slow

BEFORE = MONDAY + hours(24 * 60)
AFTER = MONDAY + hours(24 * 61)


def _heard() -> Desk:
    """A tenant with nothing left to come due, so that only a change of the other's would touch it."""
    desk = Desk("heard", default_policies=False)
    desk.ticket(MONDAY, "old", assignee="a")
    desk.customer("old", MONDAY)
    desk.reply("old", MONDAY + hours(1))
    desk.status("old", MONDAY + hours(1), "solved", "a")
    return desk


def _cycles(warehouse: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(
            """
            select tickets.ticket_id from core.fct_resolution_cycles as cycles
            inner join core.dim_tickets as tickets on cycles.ticket_key = tickets.ticket_key
            where cycles.tenant_id = 'logbook' order by tickets.ticket_id, cycles.cycle_no
            """
        ).fetchall()


def test_the_first_word_of_a_customer_ends_the_silence(tmp_path: Path) -> None:
    silent, folder = logbook(), tmp_path / "first"
    warehouse = run_landing(
        write([silent, _heard()], folder), tmp_path / "home", BEFORE, select=UP_TO_CORE
    )
    assert len(_cycles(warehouse)) == 14
    silent.customer("late", MONDAY + hours(1))
    folder = write([silent, _heard()], tmp_path / "second")
    warehouse = run_landing(folder, tmp_path / "home", AFTER, select=UP_TO_CORE)
    anew, tickets = computed_anew(warehouse)
    assert (anew, tickets) == (len(silent.rows["tickets"]), len(silent.rows["tickets"]) + 1)
    assert _cycles(warehouse) == [("late",)]
    report, _ = compare_core(warehouse, AFTER)
    assert not report.differences, report.text()
