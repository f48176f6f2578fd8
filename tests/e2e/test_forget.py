"""``deskhouse forget``: nothing names the buyer any more, and no number moves, then or when all files come again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from ingestion.identity import normal_identity
from ingestion.privacy import load_pseudonymiser
from ingestion.texts.store import TextStore
from orchestration.forgetting.severing import customer_key
from orchestration.versions import current_version, gated_versions, record_of
from tests.e2e.buyers_desk import ADDRESS, PHONE, PLANTED, SYSTEM, TENANT, buyers_desk
from tests.e2e.closed_month import AFTER, state
from tests.e2e.house import House, Rows
from tests.e2e.runner import Reader, killed_at
from tests.orchestration.forgetting import standing_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]


TICKETS = {f"k{number}" for number in range(12)}


def numbers(file: Path) -> Rows:
    """Every monthly number in a file, with what was presented of closed months."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(
            "select * from governance_review.kpi_monthly order by all"
        ).fetchall()


def names_of(house: House, who: str) -> tuple[str, ...]:
    """What the buyer is called: by himself, as ids are compared, by reference and by key."""
    with house.inside():
        ref = str(load_pseudonymiser(house.home).customer_ref(SYSTEM, normal_identity(who)))
    return who, normal_identity(who), ref, customer_key(TENANT, SYSTEM, ref)


def texts(house: House) -> set[str]:
    """Tickets of which a text is kept."""
    with TextStore(house.home) as store:
        return {ticket for _, _, ticket in store.tickets()}


@dataclass
class Forgotten:
    """A house that forgot a buyer, and what was found in it before; the names are of that buyer and of another one."""

    house: House
    buyer: tuple[str, ...]
    other: tuple[str, ...]
    numbers: Rows
    named: dict[str, set[str]]
    versions: list[str]
    said: str
    problems: list[str]


@pytest.fixture(scope="module")
def forgotten(tmp_path_factory: pytest.TempPathFactory) -> Forgotten:
    """Versions are kept, October is closed, and what moved since is told; then a buyer is forgotten."""
    house = state(tmp_path_factory, "moved").copied(tmp_path_factory.mktemp("forgotten"))
    assert texts(house) == TICKETS
    buyer, other = names_of(house, ADDRESS), names_of(house, PHONE)
    before = numbers(house.marts)
    named = standing_in(house.home, *buyer, *other, PLANTED)
    versions = [version.version for version in gated_versions(house.home / "published")]
    with Reader(house.marts) as reader:
        said = house.command("forget", ADDRESS.lower(), "--yes").out
    return Forgotten(house, buyer, other, before, named, versions, said, reader.problems)


def test_nothing_names_the_buyer_and_no_number_moves(forgotten: Forgotten) -> None:
    house, buyer, other = forgotten.house, forgotten.buyer, forgotten.other
    named = forgotten.named
    assert {Path(path).name for path, found in named.items() if found & {*buyer}} >= {
        "warehouse.duckdb",
        "marts.duckdb",
        "tickets.jsonl",
    }
    assert not [path for path, found in named.items() if PLANTED in found]
    assert forgotten.problems == []
    assert "3 kept texts of the buyer's tickets were removed" in forgotten.said
    # of the buyer nothing stands anywhere, of the other all that did
    others = {path: found & {*other} for path, found in named.items() if found & {*other}}
    assert standing_in(house.home, *buyer, *other, PLANTED) == others
    assert numbers(house.marts) == forgotten.numbers
    receipt = forgotten.said.split("receipt ")[1].split(":")[0]
    versions = gated_versions(house.home / "published")
    assert [version.version for version in versions] == forgotten.versions
    assert len(versions) > 1
    assert all(
        record_of(version.folder)["rewritten"][0]["receipt"] == receipt for version in versions
    )
    log = "".join(path.read_text() for path in (house.home / "audit").iterdir())
    assert receipt in log
    assert "falk" not in log.lower()
    assert "look-up" not in house.command("lookups").out.partition("\n")[0]
    house.command("ledger", "verify")
    house.command("rollback", versions[-1].version)
    assert current_version(house.home / "published") == versions[-1].version
    assert len(numbers(house.marts)) > 0


@pytest.fixture(scope="module")
def come_again(forgotten: Forgotten) -> House:
    """All files come again, with news of the buyer, at the instant of the run before the forgetting."""
    house = forgotten.house
    for path in house.landing.iterdir():
        path.write_bytes(path.read_bytes() + b"\n")
    ticket = next(row for row in buyers_desk().rows["tickets"] if row["ticket_id"] == "k0")
    with (house.landing / "tickets.jsonl").open("a", encoding="utf-8") as handle:
        handle.write(
            json.dumps(ticket | {"ticket_id": "again", "customer_ref": f"Vera <{ADDRESS}>"}) + "\n"
        )
    select = ("+kpi_monthly", "+restatements", "+int_restatements_found", "+quarantined_records")
    assert house.builds(AFTER, select) == 0
    return house


def test_who_was_forgotten_does_not_come_again_and_no_number_moves(
    forgotten: Forgotten, come_again: House
) -> None:
    refused = come_again.query(
        "select table_name, count(*) from data_quality.quarantined_records"
        " where contains(reason, 'forgotten') group by 1"
    )
    assert dict(refused)["tickets"] >= 1
    # refused rows are what load_completeness of the day counts, whyever they are refused
    afterwards, as_if = (
        [row for row in rows if "load_completeness" not in row]
        for rows in (numbers(come_again.home / "warehouse.duckdb"), forgotten.numbers)
    )
    assert len(as_if) > 1000
    assert afterwards == as_if
    # what is published is what the test before has looked through
    assert standing_in(come_again.home, *forgotten.buyer, PLANTED, besides="published") == {}
    assert texts(come_again) == TICKETS - {"k0", "k4", "k8"}


def test_a_killed_forgetting_is_finished_by_the_next(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    house = state(tmp_path_factory, "open").copied(tmp_path / "copy")
    before = numbers(house.marts)
    current = gated_versions(house.home / "published")[0].version
    killed_at(f"version {current}", "forget", PHONE, "--yes", variables=house.variables)
    assert numbers(house.marts) == before
    assert (house.home / "forgotten" / "unfinished.json").exists()
    said = house.command("forget", PHONE, "--yes").out
    assert "receipt" in said
    assert standing_in(house.home, *names_of(house, PHONE)) == {}
    assert numbers(house.marts) == before
    assert not (house.home / "forgotten" / "unfinished.json").exists()
    assert "forgotten already" in house.command("forget", PHONE, "--yes").out


def test_nobody_found_is_said_and_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    house = state(tmp_path_factory, "open").copied(tmp_path / "copy")
    before = {path: path.stat().st_mtime_ns for path in house.home.rglob("*.duckdb")}
    assert "nothing was changed" in house.command("forget", "nobody@example.org", "--yes").out
    assert {path: path.stat().st_mtime_ns for path in house.home.rglob("*.duckdb")} == before
    assert not (house.home / "forgotten").exists()
