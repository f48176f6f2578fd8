"""Which files are read, in which order, and that everything else is named."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.sources.landing.names import discover, identify, period_end
from tests.ingestion.landing.conftest import Seen, csv_of, ticket

Look = Callable[[], Seen]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("tickets.csv", "tickets"),
        ("Tickets.CSV", "tickets"),
        ("tickets (1).csv", "tickets"),
        ("tickets_2026-10.csv", "tickets"),
        ("tickets-20261001.tsv", "tickets"),
        ("tickets.2026-W41.jsonl", "tickets"),
        ("tickets 2026-10-01 to 2026-10-31.json", "tickets"),
        ("tickets.csv.gz", "tickets"),
        ("tickets_part2of3.parquet", "tickets"),
        ("tickets - Copy.xlsx", "tickets"),
        ("ticket_events_2026_10.csv", "ticket_events"),
        ("agent_time.week 41.csv", "agent_time"),
        ("tags.anything at all.csv", "tags"),
    ],
)
def test_names_people_use_are_understood(name: str, table: str) -> None:
    kind = identify(name)
    assert not isinstance(kind, str), kind
    assert kind[0] == table


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("ticket.csv", "did you mean tickets?"),
        ("mesages_2026-10.csv", "did you mean messages?"),
        ("tickets.txt", "its ending is none of .csv"),
        ("tickets.csv.zip", "its ending is none of .csv"),
        ("tickets", "its ending is none of .csv"),
        ("tags_of_products.csv", "named after no canonical table"),
        ("budget.xlsx", "canonical table; a file of a form of its own is read by a profile"),
        ("agents_list.csv", "did you mean agents or agent_"),
    ],
)
def test_what_is_not_read_is_named_with_the_nearest_table(name: str, says: str) -> None:
    reason = identify(name)
    assert isinstance(reason, str)
    assert says in reason


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("tickets_2026-10.csv", "2026-11-01"),
        ("tickets_202612.csv", "2027-01-01"),
        ("tickets.2026-W41.csv", "2026-10-12"),
        ("tickets.2026-Q4.csv", "2027-01-01"),
        ("tickets-20261005.csv", "2026-10-06"),
        ("tickets_2026-10-01_2026-10-31.csv", "2026-11-01"),
        ("tickets_2025.csv", "2026-01-01"),
    ],
)
def test_periods_in_names(name: str, end: str) -> None:
    assert period_end(name) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@pytest.mark.parametrize("name", ["tickets.csv", "tickets (2).csv", "tickets_order_20269999.csv"])
def test_numbers_that_are_no_period(name: str) -> None:
    assert period_end(name) is None


def test_links_folders_and_strangers_are_named_and_not_followed(
    tmp_path: Path, folder: Path, look: Look
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(csv_of(ticket("stolen")))
    (folder / "tickets.csv").symlink_to(secret)
    (folder / "2026").mkdir()
    (folder / "2026" / "tickets.csv").write_text(csv_of(ticket("deep")))
    os.mkfifo(folder / "messages.csv")
    (folder / ".hidden.csv").write_text("x")
    (folder / "README.md").write_text("x")
    seen = look()
    assert seen.rows() == []
    said = {one.name: one.reason for one in seen.folder.unread}
    assert set(said) == {"tickets.csv", "2026", "messages.csv"}
    assert "link" in said["tickets.csv"]
    assert "folder" in said["2026"]


def test_later_files_come_later_by_period_then_time_then_name(folder: Path) -> None:
    for name, written in [
        ("tickets_2026-10.csv", 1_800_000_000),
        ("tickets_2026-09.csv", 1_800_000_000),
        ("tickets.b.csv", 1_700_000_000),
        ("tickets.a.csv", 1_700_000_000),
        ("tickets (10).csv", 1_600_000_000),
        ("tickets (9).csv", 1_600_000_000),
        ("tickets.csv", 1_600_000_000),
    ]:
        (folder / name).write_text("")
        os.utime(folder / name, (written, written))
    found, _ = discover(folder)
    assert [one.name for one in found] == [
        "tickets.csv",
        "tickets (9).csv",
        "tickets (10).csv",
        "tickets.a.csv",
        "tickets.b.csv",
        "tickets_2026-09.csv",
        "tickets_2026-10.csv",
    ]


def test_gzipped_files_of_every_text_format_are_read(folder: Path, look: Look) -> None:
    rows = [ticket("c"), ticket("t"), ticket("j")]
    import json

    (folder / "tickets.a.csv.gz").write_bytes(gzip.compress(csv_of(rows[0]).encode()))
    (folder / "tickets.b.TSV.gz").write_bytes(
        gzip.compress(csv_of(rows[1], separator="\t").encode())
    )
    (folder / "tickets.c.jsonl.gz").write_bytes(gzip.compress(json.dumps(rows[2]).encode()))
    assert sorted(look().values("status")) == ["c", "j", "t"]


def test_a_cut_off_gzip_is_lost_with_its_name(folder: Path, look: Look) -> None:
    whole = gzip.compress(csv_of(*[ticket(f"k{i}") for i in range(500)]).encode())
    (folder / "tickets.csv.gz").write_bytes(whole[: len(whole) // 2])
    seen = look()
    assert seen.rows() == []
    report = seen.folder.reports["tickets.csv.gz"]
    assert report.is_lost
    assert "no complete gzip file" in (report.reason or "")
