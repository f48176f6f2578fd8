"""``deskhouse forget`` on a published home: nothing names the buyer any more, and no number has moved, now or later."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from ingestion.identity import normal_identity
from ingestion.privacy import load_pseudonymiser
from ingestion.texts.store import TextStore
from orchestration.forgetting.severing import customer_key
from orchestration.versions import gated_versions, record_of
from tests.e2e.buyers_desk import ADDRESS, PHONE, PLANTED, SYSTEM, TENANT, buyers_desk
from tests.e2e.closed_month import AFTER, House, Rows, state
from tests.e2e.runner import Reader, killed_at
from tests.orchestration.forgetting import standing_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]


def numbers(house: House) -> Rows:
    """Every monthly number as published, with what was presented of closed months."""
    with duckdb.connect(str(house.marts), read_only=True) as connection:
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


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> House:
    """Versions are kept, October is closed, and what moved since is told."""
    return state(tmp_path_factory, "moved").copied(tmp_path / "copy")


def test_nothing_names_the_buyer_and_no_number_moves(house: House) -> None:
    before, versions = numbers(house), gated_versions(house.home / "published")
    kept = texts(house)
    assert kept == {f"k{number}" for number in range(12)}
    buyer, other = names_of(house, ADDRESS), names_of(house, PHONE)
    named = standing_in(house.home, *buyer, *other, PLANTED)
    assert {Path(path).name for path, found in named.items() if found & {*buyer}} >= {
        "warehouse.duckdb",
        "marts.duckdb",
        "tickets.jsonl",
    }
    assert not [path for path, found in named.items() if PLANTED in found]
    with Reader(house.marts) as reader:
        said = house.command("forget", ADDRESS.lower(), "--yes").out
    assert reader.problems == []
    assert "3 kept texts of the buyer's tickets were removed" in said
    # of the buyer nothing stands anywhere, of the other all that did
    others = {path: found & {*other} for path, found in named.items() if found & {*other}}
    assert standing_in(house.home, *buyer, *other, PLANTED) == others
    assert numbers(house) == before
    receipt = said.split("receipt ")[1].split(":")[0]
    assert len(versions) == 3
    assert all(
        record_of(version.folder)["rewritten"][0]["receipt"] == receipt for version in versions
    )
    log = "".join(path.read_text() for path in (house.home / "audit").iterdir())
    assert receipt in log
    assert "falk" not in log.lower()
    assert "look-up" not in house.command("lookups").out.partition("\n")[0]
    house.command("ledger", "verify")
    house.command("rollback", versions[-1].version)
    assert len(numbers(house)) > 0
    _come_again(house)
    # refused rows are what load_completeness of the day counts, whyever they are refused
    afterwards, as_if = (
        [row for row in rows if "load_completeness" not in row] for rows in (numbers(house), before)
    )
    assert afterwards == as_if
    assert standing_in(house.home, *buyer, PLANTED) == {}
    assert texts(house) == kept - {"k0", "k4", "k8"}


def _come_again(house: House) -> None:
    """All files come again, with news of the buyer: a run at the instant of the one before the forgetting."""
    for path in house.landing.iterdir():
        path.write_bytes(path.read_bytes() + b"\n")
    ticket = next(row for row in buyers_desk().rows["tickets"] if row["ticket_id"] == "k0")
    with (house.landing / "tickets.jsonl").open("a", encoding="utf-8") as handle:
        handle.write(
            json.dumps(ticket | {"ticket_id": "again", "customer_ref": f"Vera <{ADDRESS}>"}) + "\n"
        )
    assert "building the warehouse" in house.runs(AFTER).err
    with duckdb.connect(str(house.marts), read_only=True) as connection:
        refused = connection.execute(
            "select table_name, count(*) from data_quality.quarantined_records"
            " where contains(reason, 'forgotten') group by 1"
        ).fetchall()
    assert dict(refused)["tickets"] >= 1


def test_a_killed_forgetting_is_finished_by_the_next(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    house = state(tmp_path_factory, "closed").copied(tmp_path / "copy")
    before = numbers(house)
    current = gated_versions(house.home / "published")[0].version
    killed_at(f"version {current}", "forget", PHONE, "--yes", variables=house.variables)
    assert numbers(house) == before
    assert (house.home / "forgotten" / "unfinished.json").exists()
    said = house.command("forget", PHONE, "--yes").out
    assert "receipt" in said
    assert standing_in(house.home, *names_of(house, PHONE)) == {}
    assert numbers(house) == before
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
