"""``deskhouse forget`` on a published home: nothing names the buyer any more, and no number has moved, now or later."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.identity import normal_identity
from ingestion.privacy import load_pseudonymiser
from ingestion.texts.store import TextStore
from orchestration.forgetting.severing import customer_key
from orchestration.versions import gated_versions, record_of
from tests.e2e.runner import Finished, Reader, deskhouse, environment, killed_at
from tests.landing_builder import Desk, at, write
from tests.orchestration.forgetting import standing_in
from tests.pipeline import environment as variables

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]

TENANT, SYSTEM = "forget", "desk"
ADDRESS, PHONE = "Vera.Falk@Example.ORG", "+49 171 555-0199"
FIRST, SECOND, THIRD = (f"2026-11-{day}T06:00:00Z" for day in ("08", "11", "12"))
PLANTED = "planted-e3d9"
"""How every text begins: all are kept, and none may be read anywhere, in no file, row, log or note of any program."""
Rows = list[tuple[Any, ...]]


def _desk() -> Desk:
    """Twelve tickets over two months; every second one by one of two buyers, two to an order, some texts copied."""
    desk = Desk(TENANT)
    desk.add("tags", tag_id="late", name="late", kind="reason")
    for number in range(12):
        sent = at("2026-09-02 09:00") + timedelta(days=4 * number)
        who = {0: ADDRESS, 1: PHONE}.get(number % 4, f"buyer-{number}")
        ticket = desk.ticket(
            sent,
            f"k{number}",
            assignee="a",
            customer_ref=who,
            order_id=f"o{number // 2}",
            reason="late",
        )
        text = f"{PLANTED} the same" if number < 5 else f"{PLANTED} text {number}"
        desk.message(ticket, sent, "inbound", "customer", who, body_hash=text, body_chars=20)
        desk.reply(ticket, sent + timedelta(hours=3 + number))
        desk.status(ticket, sent + timedelta(hours=4 + number), "solved")
    desk.add("customers", customer_ref=ADDRESS, customer_type="vip", region="EU")
    desk.add("customers", customer_ref=PHONE, customer_type="consumer", region="EU")
    desk.ticket(at("2026-10-01 09:00"), "bad", customer_ref=ADDRESS, due_by_source="soon")
    return desk


class House:
    """A home with its landing folder and its key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.landing = folder / "landing"
        self.variables = environment(
            self.home,
            self.landing,
            DESKHOUSE_LEDGER_KEYS=str(folder / "keys"),
            DESKHOUSE_KEEP_TEXTS="all",
        )

    def command(self, *arguments: str) -> Finished:
        done = deskhouse(*arguments, variables=self.variables)
        assert done.code == 0, done.err
        return done

    def run(self, as_of: str) -> None:
        self.command("run", "--sources", "landing", "--as-of", as_of)

    def numbers(self) -> Rows:
        """Every monthly number as published, with what was presented of closed months."""
        with duckdb.connect(
            str(self.home / "published" / "marts.duckdb"), read_only=True
        ) as connection:
            return connection.execute(
                "select * from governance_review.kpi_monthly order by all"
            ).fetchall()

    def standing(self, who: str) -> dict[str, set[str]]:
        """Files of the home in which the buyer stands, by id, reference or key."""
        with variables(DESKHOUSE_PRIVACY_KEY=self.variables["DESKHOUSE_PRIVACY_KEY"]):
            ref = str(load_pseudonymiser(self.home).customer_ref(SYSTEM, normal_identity(who)))
        key = customer_key(TENANT, SYSTEM, ref)
        return standing_in(self.home, who, normal_identity(who), ref, key)

    def texts(self) -> set[str]:
        """Tickets of which a text is kept."""
        with TextStore(self.home) as store:
            return {ticket for _, _, ticket in store.tickets()}

    def copied(self, folder: Path) -> House:
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        return House(folder)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Versions are kept, and October is closed."""
    house = House(tmp_path_factory.mktemp("forget"))
    write([_desk()], house.landing)
    house.run(FIRST)
    signed = (
        "--by",
        "Ada",
        "--second",
        "Charles",
        "--waive",
        "costs",
        "--reason",
        "a synthetic desk",
    )
    house.command("close-month", "2026-10", *signed, "--as-of", FIRST)
    house.run(SECOND)
    return house


@pytest.fixture
def house(published: House, tmp_path: Path) -> Iterator[House]:
    yield published.copied(tmp_path / "copy")


def test_nothing_names_the_buyer_and_no_number_moves(
    published: House, house: House, tmp_path: Path
) -> None:
    before, versions = house.numbers(), gated_versions(house.home / "published")
    assert standing_in(house.home, PLANTED) == {}
    assert house.texts() == {f"k{number}" for number in range(12)}
    assert {Path(path).name for path in house.standing(ADDRESS)} >= {
        "warehouse.duckdb",
        "marts.duckdb",
        "tickets.jsonl",
    }
    other = house.standing(PHONE)
    with Reader(house.home / "published" / "marts.duckdb") as reader:
        said = house.command("forget", ADDRESS.lower(), "--yes").out
    assert reader.problems == []
    assert "3 kept texts of the buyer's tickets were removed" in said
    assert house.standing(ADDRESS) == {}
    assert house.standing(PHONE) == other
    assert house.numbers() == before
    receipt = said.split("receipt ")[1].split(":")[0]
    assert all(
        record_of(version.folder)["rewritten"][0]["receipt"] == receipt for version in versions
    )
    log = "".join(path.read_text() for path in (house.home / "audit").iterdir())
    assert receipt in log
    assert "falk" not in log.lower()
    assert "look-up" not in house.command("lookups").out.partition("\n")[0]
    house.command("ledger", "verify")
    house.command("rollback", versions[-1].version)
    assert len(house.numbers()) > 0
    _afterwards(published, house, tmp_path)


def _afterwards(published: House, house: House, tmp_path: Path) -> None:
    """All files come again, with news of the buyer: the numbers are those of a home where nobody was forgotten."""
    control = published.copied(tmp_path / "control")
    for one in (house, control):
        for path in one.landing.iterdir():
            path.write_bytes(path.read_bytes() + b"\n")
    ticket = next(row for row in _desk().rows["tickets"] if row["ticket_id"] == "k0")
    with (house.landing / "tickets.jsonl").open("a", encoding="utf-8") as handle:
        handle.write(
            json.dumps(ticket | {"ticket_id": "again", "customer_ref": f"Vera <{ADDRESS}>"}) + "\n"
        )
    for one in (house, control):
        one.run(THIRD)
    # refused rows are what load_completeness of the day counts, whyever they are refused
    afterwards, as_if = (
        [row for row in one.numbers() if "load_completeness" not in row] for one in (house, control)
    )
    assert afterwards == as_if
    assert house.standing(ADDRESS) == {}
    assert house.texts() == control.texts() - {"k0", "k4", "k8"}
    assert standing_in(house.home, PLANTED) == {}
    with duckdb.connect(
        str(house.home / "published" / "marts.duckdb"), read_only=True
    ) as connection:
        refused = connection.execute(
            "select table_name, count(*) from data_quality.quarantined_records"
            " where contains(reason, 'forgotten') group by 1"
        ).fetchall()
    assert dict(refused)["tickets"] >= 1


def test_a_killed_forgetting_is_finished_by_the_next(house: House) -> None:
    before = house.numbers()
    current = gated_versions(house.home / "published")[0].version
    killed_at(f"version {current}", "forget", PHONE, "--yes", variables=house.variables)
    assert house.numbers() == before
    assert (house.home / "forgotten" / "unfinished.json").exists()
    said = house.command("forget", PHONE, "--yes").out
    assert "receipt" in said
    assert house.standing(PHONE) == {}
    assert house.numbers() == before
    assert not (house.home / "forgotten" / "unfinished.json").exists()
    assert "forgotten already" in house.command("forget", PHONE, "--yes").out


def test_nobody_found_is_said_and_changes_nothing(house: House) -> None:
    before = {path: path.stat().st_mtime_ns for path in house.home.rglob("*.duckdb")}
    assert "nothing was changed" in house.command("forget", "nobody@example.org", "--yes").out
    assert {path: path.stat().st_mtime_ns for path in house.home.rglob("*.duckdb")} == before
    assert not (house.home / "forgotten").exists()
