"""A closed month: frozen as presented, later truth beside it with its reason (F29)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest

from ingestion.errors import ConfigurationError
from orchestration.closing.month_close import CloseError, CloseRequest, close_month, closes_of
from orchestration.closing.restating import record_restatements
from orchestration.ledger.tables import ledger_of
from tests.e2e.closed_month import AFTER, DAY_8, state
from tests.e2e.house import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

OCTOBER = date(2026, 10, 1)
DAY_7 = datetime(2026, 11, 7, 6, tzinfo=UTC)


def number(house: House, tenant: str, kpi_id: str, layer: str = "none") -> dict[str, Any]:
    """The governed company row of October."""
    with duckdb.connect(str(house.home / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select * from governance_review.kpi_monthly where month = date '2026-10-01' and tenant_id = ? "
            "and kpi_id = ? and layer = ? and scope_type = 'company' and is_governed",
            [tenant, kpi_id, layer],
        )
        names = [column[0] for column in found.description]
        (row,) = found.fetchall()
    return dict(zip(names, row, strict=True))


def reasons(house: House, tenant: str) -> set[str]:
    return {
        reason
        for (reason,) in house.query(
            f"select distinct reason_code from governance_review.restatements where tenant_id = '{tenant}'"
        )
    }


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Built on day 8 at 06:00."""
    return state(tmp_path_factory, "open")


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Four days later one run has brought everything that came in meanwhile, and told what moved; a copy to alter."""
    return state(tmp_path_factory, "moved").copied(tmp_path_factory.mktemp("moved"))


@pytest.fixture(autouse=True)
def keys_of_the_house(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test does by itself, it does with the keys of the house that it is about."""
    houses = ("moved", "open_house")
    house: House = request.getfixturevalue(
        next(name for name in houses if name in request.fixturenames)
    )
    with house.inside():
        yield


@pytest.fixture(scope="module")
def with_packs(moved: House) -> House:
    """The packs of October after the close, of all tenants."""
    moved.command("review", "2026-10")
    return moved


def test_not_before_day_8_at_six_in_the_reporting_zone(open_house: House) -> None:
    with pytest.raises(CloseError, match="2026-11-08 06:00 UTC"):
        close_month(open_house.settings(DAY_7), CloseRequest(OCTOBER, "Ada Lovelace"))


def test_a_failed_gate_blocks_the_close_and_nothing_is_written(open_house: House) -> None:
    with pytest.raises(CloseError, match=r"costs of close-costs .*--waive costs"):
        close_month(open_house.settings(DAY_8), CloseRequest(OCTOBER, "Ada Lovelace"))
    assert closes_of(open_house.settings(DAY_8)) == {}


def test_a_waived_gate_keeps_name_and_reason(moved: House) -> None:
    with duckdb.connect(str(moved.home / "warehouse.duckdb"), read_only=True) as connection:
        (waived, gates) = connection.execute(
            "select waived_gates, gate_results from raw_ledger.closes where tenant_id = 'close-costs'"
        ).fetchall()[0]
    assert json.loads(waived) == [
        {
            "gate": "costs",
            "by": "Ada Lovelace",
            "second": "Charles Babbage",
            "reason": "the sheet comes on day 12",
        }
    ]
    ((operator,),) = moved.query("select distinct operator from raw_ledger.closes")
    assert operator.endswith(f"(uid {os.getuid()})")
    states = {gate["gate"]: gate["state"] for gate in json.loads(gates)}
    assert states["costs"] == "waived"
    assert states["reconciliation"] == "passed"


def test_a_waiver_needs_a_second_person(open_house: House) -> None:
    waived = {"costs": "the sheet comes on day 12"}
    for second in (None, " ", "ada LOVELACE"):
        request = CloseRequest(OCTOBER, "Ada Lovelace", waived, second=second)
        with pytest.raises(ConfigurationError, match="second"):
            close_month(open_house.settings(DAY_8), request)


def test_the_pack_after_the_close_bears_its_hash(with_packs: House, moved: House) -> None:
    closes = closes_of(moved.settings(AFTER))
    folder = with_packs.home / "published" / "reviews" / "2026-10"
    for (tenant, _), close in closes.items():
        html = (folder / f"{tenant}-company-en.html").read_text(encoding="utf-8")
        assert f"hash of the close {close.snapshot_hash}" in html
        assert "PROVISIONAL" not in html
        assert (folder / f"{tenant}-company-en.pdf").stat().st_size > 10_000
    assert len(closes) > 5


def test_a_second_close_changes_nothing(moved: House) -> None:
    head = ledger_of(moved.home).head
    again = close_month(moved.settings(AFTER), CloseRequest(OCTOBER, "Charles Babbage"))
    assert {close.closed_by for close in again} == {"Ada Lovelace"}
    assert not any(close.is_new for close in again)
    assert ledger_of(moved.home).head == head


def test_what_was_presented_stays_whatever_came_later(open_house: House, moved: House) -> None:
    """To the digit what was known at the close, and nothing besides."""
    assert len(open_house.known()) > 1000
    assert moved.kept() == open_house.known()
    assert ledger_of(moved.home).problems() == []


def test_a_changed_file_of_the_ledger_is_named_in_one_sentence(moved: House) -> None:
    ledger = ledger_of(moved.home)
    link = next(link for link in ledger.links if link.table == "snapshots")
    path, before = ledger.folder / link.file, ledger.head
    content = path.read_bytes()
    path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    try:
        for arguments in (
            ("doctor",),
            ("restatement", "approve", "--all-tenants", "--by", "Ada Lovelace"),
        ):
            done = moved.command(*arguments, code=1)
            assert f"{link.file} was changed after it was written." in done.out + done.err
            assert "Traceback" not in done.err
    finally:
        path.write_bytes(content)
    assert (ledger.problems(), ledger.head) == ([], before)


def test_a_changed_survey_is_told_beside_the_frozen_value(moved: House) -> None:
    """F29."""
    csat = number(moved, "close-survey", "csat")
    assert (csat["value_presented"], csat["value"]) == (0, 1)
    assert csat["close_state"] == "restated"
    assert csat["restatement_reason"] == "survey_changed"
    assert csat["restated_delta"] == 1
    assert csat["presented_as_of"] == DAY_8.replace(tzinfo=None)
    assert reasons(moved, "close-survey") == {"survey_changed"}


def test_late_rows_are_late_data(moved: House) -> None:
    volume = number(moved, "close-late", "contact_volume")
    assert (volume["value_presented"], volume["value"]) == (1, 2)
    assert reasons(moved, "close-late") == {"late_data"}


def test_an_undone_merge_is_named(moved: House) -> None:
    volume = number(moved, "close-merge", "ticket_volume")
    assert (volume["value_presented"], volume["value"]) == (1, 2)
    assert reasons(moved, "close-merge") == {"unmerge_or_restore"}


def test_a_promise_entered_later_moves_only_the_current_value(moved: House) -> None:
    met = number(moved, "close-policy", "sla_compliance_first_reply", "internal")
    assert (met["value_presented"], met["value"]) == (1, 0)
    assert reasons(moved, "close-policy") == {"policy_backdated"}


def test_costs_that_come_late_are_told_as_such(moved: House) -> None:
    """The late sheet also moves the rate of late rows, and that is late data."""
    told = moved.query(
        "select distinct kpi_id in ('cost_per_unit', 'tag_cost'), reason_code from governance_review.restatements "
        "where tenant_id = 'close-costs' order by 1"
    )
    assert told == [(False, "late_data"), (True, "late_cost")]


def test_a_corrected_channel_explains_its_platforms_and_nothing_else(moved: House) -> None:
    """The late ticket on another channel is told as late data in the same run."""
    told = moved.query(
        "select distinct scope_id, reason_code from governance_review.restatements where tenant_id = 'close-mapping' "
        "and kpi_id = 'contact_volume' and scope_type in ('platform', 'channel', 'company') order by 1"
    )
    assert told == [
        ("amazon", "mapping_fix"),
        ("company", "late_data"),
        ("ebay", "mapping_fix"),
        ("web", "late_data"),
        ("webshop", "late_data"),
    ]


def test_points_settled_after_a_dispute_are_told_as_its_outcome(moved: House) -> None:
    score = number(moved, "close-dispute", "qa_score")
    assert (float(score["value_presented"]), float(score["value"])) == (0.6, 0.9)
    assert reasons(moved, "close-dispute") == {"dispute_outcome"}


def test_what_did_not_move_is_frozen_and_not_restated(moved: House) -> None:
    assert reasons(moved, "close-same") == set()
    assert number(moved, "close-same", "contact_volume")["close_state"] == "frozen"


def test_the_pack_shows_what_was_presented_and_lists_what_moved(
    with_packs: House, moved: House
) -> None:
    html = (with_packs.home / "published/reviews/2026-10/close-survey-company-en.html").read_text()
    row = html[html.index("Customer satisfaction") :]
    assert "survey answer changed" in row[: row.index("</tr>")]
    digest = closes_of(moved.settings(AFTER))["close-survey", OCTOBER].snapshot_hash
    assert f"hash of the close {digest}" in html


def test_restatements_count_in_their_own_rate(moved: House) -> None:
    rate = number(moved, "close-survey", "restatement_rate")
    assert rate["numerator"] > 0
    assert float(rate["value"]) == pytest.approx(float(rate["numerator"] / rate["denominator"]))
    assert number(moved, "close-same", "restatement_rate")["value"] == 0


def test_a_second_look_finds_nothing_new(moved: House) -> None:
    assert record_restatements(moved.settings(AFTER)) == 0
