"""A closed month: frozen as presented, later truth beside it with its reason (F29), kept through every rebuild."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.closing.month_close import CloseError, CloseRequest, close_month, closes_of
from orchestration.closing.restating import REBUILT_AFTER, record_restatements
from orchestration.ledger.tables import fill_raw_ledger, ledger_of
from orchestration.settings import Settings, read_settings
from tests.e2e.close_desks import at_close, later
from tests.landing_builder import write
from tests.pipeline import build, environment, load

pytestmark = pytest.mark.slow

OCTOBER = date(2026, 10, 1)
DAY_7 = datetime(2026, 11, 7, 6, tzinfo=UTC)
DAY_8 = datetime(2026, 11, 8, 6, tzinfo=UTC)
AFTER = datetime(2026, 11, 12, 6, tzinfo=UTC)
KEPT = "kpi_monthly_key, value_presented, n_presented, status_presented, presented_as_of"

Rows = list[tuple[Any, ...]]


class House:
    """A home whose October was closed; every step of the story is told once and its state kept for the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"

    def settings(self, as_of: datetime) -> Settings:
        return read_settings({"DESKHOUSE_HOME": str(self.home)}, as_of.isoformat())

    def query(self, sql: str) -> Rows:
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def kept(self) -> Rows:
        """What the forum saw of October."""
        return self.query(
            f"select {KEPT} from governance_review.kpi_monthly where month = date '2026-10-01' "
            "and value_presented is not null order by 1"
        )

    def number(self, tenant: str, kpi_id: str, layer: str = "none") -> dict[str, Any]:
        """The governed company row of October."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            found = connection.execute(
                "select * from governance_review.kpi_monthly where month = date '2026-10-01' and tenant_id = ? "
                "and kpi_id = ? and layer = ? and scope_type = 'company' and is_governed",
                [tenant, kpi_id, layer],
            )
            names = [column[0] for column in found.description]
            (row,) = found.fetchall()
        return dict(zip(names, row, strict=True))

    def reasons(self, tenant: str) -> set[str]:
        return {
            reason
            for (reason,) in self.query(
                f"select distinct reason_code from governance_review.restatements where tenant_id = '{tenant}'"
            )
        }


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Built on day 8 at 06:00."""
    house = House(tmp_path_factory.mktemp("close"))
    with environment(DESKHOUSE_PRIVACY_KEY="synthetic-key-for-tests-only"):
        load(["landing"], house.home, DAY_8, write(at_close(), house.folder / "first"))
        fill_raw_ledger(house.home)
        build(house.home, DAY_8)
        yield house


@pytest.fixture(scope="module")
def closed(open_house: House) -> House:
    """October closed, the missing cost sheet signed off."""
    request = CloseRequest(OCTOBER, "Ada Lovelace", {"costs": "the sheet comes on day 12"})
    closes = close_month(open_house.settings(DAY_8), request)
    assert all(close.is_new for close in closes)
    return open_house


@pytest.fixture(scope="module")
def moved(closed: House) -> House:
    """Four days later with everything that came in meanwhile; the marts are built with what was recorded."""
    load(["landing"], closed.home, AFTER, write(later(), closed.folder / "second"))
    fill_raw_ledger(closed.home)
    build(closed.home, AFTER)
    assert record_restatements(closed.settings(AFTER)) > 0
    build(closed.home, AFTER, select=REBUILT_AFTER)
    return closed


def test_not_before_day_8_at_six_in_the_reporting_zone(open_house: House) -> None:
    with pytest.raises(CloseError, match="2026-11-08 06:00 UTC"):
        close_month(open_house.settings(DAY_7), CloseRequest(OCTOBER, "Ada Lovelace"))


def test_a_failed_gate_blocks_the_close_and_nothing_is_written(open_house: House) -> None:
    with pytest.raises(CloseError, match=r"costs of close-costs .*--waive costs"):
        close_month(open_house.settings(DAY_8), CloseRequest(OCTOBER, "Ada Lovelace"))
    assert closes_of(open_house.settings(DAY_8)) == {}


def test_a_waived_gate_keeps_name_and_reason(closed: House) -> None:
    with duckdb.connect(str(closed.home / "warehouse.duckdb"), read_only=True) as connection:
        (waived, gates) = connection.execute(
            "select waived_gates, gate_results from raw_ledger.closes where tenant_id = 'close-costs'"
        ).fetchall()[0]
    assert json.loads(waived) == [
        {"gate": "costs", "by": "Ada Lovelace", "reason": "the sheet comes on day 12"}
    ]
    states = {gate["gate"]: gate["state"] for gate in json.loads(gates)}
    assert states["costs"] == "waived"
    assert states["reconciliation"] == "passed"


def test_a_second_close_changes_nothing(closed: House) -> None:
    head = ledger_of(closed.home).head
    again = close_month(closed.settings(AFTER), CloseRequest(OCTOBER, "Charles Babbage"))
    assert {close.closed_by for close in again} == {"Ada Lovelace"}
    assert not any(close.is_new for close in again)
    assert ledger_of(closed.home).head == head


def test_a_changed_survey_is_told_beside_the_frozen_value(moved: House) -> None:
    """F29."""
    csat = moved.number("close-survey", "csat")
    assert (csat["value_presented"], csat["value"]) == (0, 1)
    assert csat["close_state"] == "restated"
    assert csat["restatement_reason"] == "survey_changed"
    assert csat["restated_delta"] == 1
    assert csat["presented_as_of"] == DAY_8.replace(tzinfo=None)
    assert moved.reasons("close-survey") == {"survey_changed"}


def test_late_rows_are_late_data(moved: House) -> None:
    volume = moved.number("close-late", "contact_volume")
    assert (volume["value_presented"], volume["value"]) == (1, 2)
    assert moved.reasons("close-late") == {"late_data"}


def test_an_undone_merge_is_named(moved: House) -> None:
    volume = moved.number("close-merge", "ticket_volume")
    assert (volume["value_presented"], volume["value"]) == (1, 2)
    assert moved.reasons("close-merge") == {"unmerge_or_restore"}


def test_a_promise_entered_later_moves_only_the_current_value(moved: House) -> None:
    met = moved.number("close-policy", "sla_compliance_first_reply", "internal")
    assert (met["value_presented"], met["value"]) == (1, 0)
    assert moved.reasons("close-policy") == {"policy_backdated"}


def test_costs_that_come_late_are_told_as_such(moved: House) -> None:
    """The late sheet also moves the rate of late rows, and that is late data."""
    told = moved.query(
        "select distinct kpi_id in ('cost_per_unit', 'tag_cost'), reason_code from governance_review.restatements "
        "where tenant_id = 'close-costs' order by 1"
    )
    assert told == [(False, "late_data"), (True, "late_cost")]


def test_what_did_not_move_is_frozen_and_not_restated(moved: House) -> None:
    assert moved.reasons("close-same") == set()
    assert moved.number("close-same", "contact_volume")["close_state"] == "frozen"


def test_restatements_count_in_their_own_rate(moved: House) -> None:
    rate = moved.number("close-survey", "restatement_rate")
    assert rate["numerator"] > 0
    assert float(rate["value"]) == pytest.approx(float(rate["numerator"] / rate["denominator"]))
    assert moved.number("close-same", "restatement_rate")["value"] == 0


def test_a_second_look_finds_nothing_new(moved: House) -> None:
    assert record_restatements(moved.settings(AFTER)) == 0


def test_losing_the_warehouse_loses_nothing_that_was_closed(moved: House) -> None:
    """Everything but the ledger is thrown away and read anew; the same is presented, and nothing is restated twice."""
    presented, restated = moved.kept(), moved.query(_RESTATEMENTS)
    assert presented
    (moved.home / "warehouse.duckdb").unlink()
    load(["landing"], moved.home, AFTER, moved.folder / "second")
    fill_raw_ledger(moved.home)
    build(moved.home, AFTER, full_refresh=True)
    assert moved.kept() == presented
    assert moved.query(_RESTATEMENTS) == restated
    # Only what is about the loading itself moves: everything arrived anew.
    found = moved.query("select distinct kpi_id from intermediate.int_restatements_found")
    assert found in ([], [("late_arrival_rate",)])


_RESTATEMENTS = "select * from governance_review.restatements order by restatement_id"
