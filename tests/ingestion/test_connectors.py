"""Every connector under the same misbehaviour of its vendor (``connector_suite``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.errors import ContractError, VendorUnreachableError
from ingestion.pipeline import SOURCES
from ingestion.simulator.world.options import Fault
from ingestion.simulator.world.world import World
from tests.ingestion import connector_suite as suite

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world() -> World:
    return World(suite.OPTIONS)


@pytest.fixture(scope="module", params=suite.CONNECTORS, ids=lambda one: one.vendor)
def connector(request: pytest.FixtureRequest) -> suite.Connector:
    found: suite.Connector = request.param
    return found


@pytest.fixture(scope="module")
def told(
    connector: suite.Connector, world: World, tmp_path_factory: pytest.TempPathFactory
) -> tuple[suite.Account, suite.Content, list[tuple[str, Any]]]:
    """The vendor loaded once while it behaves, what that left, and what the vendor had answered."""
    account = suite.Account(connector, world, tmp_path_factory.mktemp(connector.vendor))
    answers: list[tuple[str, Any]] = []
    with account.served(alter=suite.recorded(answers)) as address:
        account.loaded(address)
    return account, account.content(), answers


@dataclass(frozen=True)
class BadDays:
    """Runs of one warehouse while the vendor misbehaves: what the first two said, and what the third one left."""

    changed_type: Exception | None
    lasting: Exception | None
    content: suite.Content


@pytest.fixture(scope="module")
def bad_days(
    connector: suite.Connector, world: World, tmp_path_factory: pytest.TempPathFactory
) -> BadDays:
    """First a type is another one, then nothing comes, then all comes: late, limited, cut off, twice and with more."""
    account = suite.Account(connector, world, tmp_path_factory.mktemp(f"bad {connector.vendor}"))

    def flipped(path: str, body: Any) -> Any:
        records = connector.list_of(path, body)
        if records:
            connector.flip(records[-1])
        return body

    def twice_and_more(path: str, body: Any) -> Any:
        records = connector.list_of(path, body)
        records += [dict(one) for one in records[-3:]]
        for record in records:
            record.update(suite.UNKNOWN_FIELD)
        return body

    stumbles = (
        Fault("429", every=9, times=1),
        Fault("500", every=7, times=3, skip=2),
        Fault("503", every=11, times=1),
        Fault("disconnect", every=5, times=3, skip=1),
    )
    with account.served(alter=flipped) as address:
        changed_type = account.load(address).error
    with account.served(Fault("500", path=connector.path)) as address:
        lasting = account.load(address).error
    with account.served(*stumbles, alter=twice_and_more) as address:
        account.loaded(address)
    return BadDays(changed_type, lasting, account.content())


Told = tuple[suite.Account, suite.Content, list[tuple[str, Any]]]


def test_every_vendor_with_an_interface_is_tried() -> None:
    assert {one.vendor for one in suite.CONNECTORS} == SOURCES.keys() - {"landing"}


def test_every_record_of_every_page_is_there_once(told: Told) -> None:
    account, content, answers = told
    connector = account.connector
    sent = {
        str(record.get("id") or record.get("orderId"))
        for path, body in answers
        for record in connector.list_of(path, body)
    }
    table = content["tickets" if connector.vendor in ("zendesk", "edesk") else "orders"]
    assert len(table) >= len(sent) > 20
    assert sent <= {str(cell) for row in table for cell in row}


def test_limits_errors_cut_connections_and_records_that_come_twice_lose_and_add_nothing(
    bad_days: BadDays, told: Told
) -> None:
    """Nor does a field that nobody knows, or what went wrong in the runs before."""
    assert bad_days.content == told[1]


def test_an_unchanged_vendor_changes_no_row(told: Told) -> None:
    account = told[0]
    before = account.content(with_load=True)
    with account.served() as address:
        result = account.loaded(address, suite.AS_OF + timedelta(seconds=50))
    assert {table: count for table, count in result.rows.items() if count} == {}
    assert account.content(with_load=True) == before


def test_nothing_personal_passes_the_border(told: Told) -> None:
    account, content, answers = told
    bodies = [body for _, body in answers]
    personal = set(suite.values_of(bodies, account.connector.personal))
    assert (len(personal) > 3) is not account.connector.is_anonymous
    kept = "\n".join(str(cell) for rows in content.values() for row in rows for cell in row)
    assert [value for value in personal if value in kept] == []


def test_a_changed_type_is_one_sentence(connector: suite.Connector, bad_days: BadDays) -> None:
    assert isinstance(bad_days.changed_type, ContractError)
    assert f"{connector.vendor} {connector.column} is declared" in str(bad_days.changed_type)
    assert "\n" not in str(bad_days.changed_type)


def test_a_lasting_failure_is_one_sentence(connector: suite.Connector, bad_days: BadDays) -> None:
    assert isinstance(bad_days.lasting, VendorUnreachableError)
    assert connector.vendor in str(bad_days.lasting) and "500" in str(bad_days.lasting)


@pytest.mark.tables("tickets")
@pytest.mark.parametrize(("failing", "other"), [("edesk", "zendesk"), ("zendesk", "edesk")])
def test_one_helpdesk_that_fails_does_not_stop_the_other(
    world: World, tmp_path: Path, failing: str, other: str
) -> None:
    by_name = {one.vendor: one for one in suite.CONNECTORS}
    down, up = (suite.Account(by_name[name], world, tmp_path / "home") for name in (failing, other))
    with down.served(Fault("500")) as dead, up.served() as alive:
        results = suite.run_together(tmp_path / "home", {down: dead, up: alive})
    assert isinstance(results[failing].error, VendorUnreachableError)
    assert results[other].error is None
    assert len(up.content()["tickets"]) > 20
    # The build finds the tables of the one that failed, empty.
    assert down.content()["tickets"] == []
