"""Landing files: good rows load, bad rows are named, a second reading changes nothing. All data are synthetic."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion.config import IngestionSettings
from ingestion.errors import ConfigurationError
from ingestion.pipeline import run_sources
from tests.ingestion.landing.conftest import AS_OF, Load, query

TICKET_HEADER = "tenant_id,source_system,ticket_id,created_at,created_by_role,origin,channel_id,customer_ref,status\n"
TICKET_ROW = "acme,desk,{id},2026-10-01T09:00:00Z,customer,inbound,mail,buyer1,{status}\n"


def test_bad_rows_are_quarantined_and_good_rows_load(
    tmp_path: Path, landing: Path, load: Load
) -> None:
    (landing / "tickets.csv").write_text(
        TICKET_HEADER
        + TICKET_ROW.format(id="good", status="open")
        + TICKET_ROW.format(id="bad", status="frozen")
        + "acme,desk,short\n"
        + TICKET_ROW.format(id="good2", status="open").replace("2026-10-01T09:00:00Z", "yesterday")
    )
    assert load().error is None
    assert query(tmp_path, "select ticket_id from raw_landing.tickets") == [("good",)]
    refused = query(
        tmp_path,
        "select file_name, line_no, column_name, reason from raw_landing.quarantined_records order by line_no",
    )
    assert [row[:3] for row in refused] == [
        ("tickets.csv", 3, "status"),
        ("tickets.csv", 4, None),
        ("tickets.csv", 5, "created_at"),
    ]
    assert "a text of 6 letters is not one of new, open" in refused[0][3]
    assert "3 fields, the header 9" in refused[1][3]
    kept = (
        (tmp_path / "home" / "quarantine" / "landing" / "tickets.jsonl").read_bytes().splitlines()
    )
    assert orjson.loads(kept[0])["row"]["ticket_id"] == "bad"


def test_a_repaired_line_leaves_quarantine(tmp_path: Path, landing: Path, load: Load) -> None:
    file = landing / "tickets.csv"
    file.write_text(TICKET_HEADER + TICKET_ROW.format(id="k", status="frozen"))
    load()
    file.write_text(TICKET_HEADER + TICKET_ROW.format(id="k", status="open"))
    load()
    assert query(tmp_path, "select count(*) from raw_landing.quarantined_records") == [(0,)]
    assert query(tmp_path, "select status from raw_landing.tickets") == [("open",)]


def test_a_missing_column_refuses_the_file_and_others_load(
    tmp_path: Path, landing: Path, load: Load
) -> None:
    (landing / "tickets.csv").write_text("tenant_id,source_system,ticket_id\nacme,desk,k\n")
    (landing / "channels.csv").write_text(
        "tenant_id,source_system,channel_id,platform,channel_class,modality\nacme,desk,mail,email,email,async\n"
    )
    assert load().error is None
    ((reason, line),) = query(
        tmp_path, "select reason, line_no from raw_landing.quarantined_records"
    )
    assert line == 0
    assert "lacks the required column created_at" in reason
    assert query(tmp_path, "select channel_id, missed_policy from raw_landing.channels") == [
        ("mail", "count_as_missed")
    ]


def test_a_second_reading_changes_nothing(tmp_path: Path, landing: Path, load: Load) -> None:
    (landing / "tickets.csv").write_text(TICKET_HEADER + TICKET_ROW.format(id="k", status="open"))
    load()
    before = query(tmp_path, "select * from raw_landing.tickets")
    again = load(as_of=datetime(2026, 11, 2, tzinfo=UTC))
    assert query(tmp_path, "select * from raw_landing.tickets") == before
    assert again.rows.get("tickets", 0) == 0
    # not even a package of empty tables, which costs dlt a file and a job for each of them
    assert again.load_ids == []


def test_keys_of_every_type_are_recognised(tmp_path: Path, landing: Path, load: Load) -> None:
    (landing / "team_membership.csv").write_text(
        "tenant_id,source_system,agent_id,team_id,valid_from\nacme,desk,a,t,2026-01-01T00:00:00Z\n"
        "acme,desk,a,u,2026-02-01T12:30:00.25+01:00\n"
    )
    (landing / "calendar_hours.csv").write_text(
        "tenant_id,calendar_id,weekday,opens,closes,valid_from\nacme,day,1,09:00,18:00,2026-01-01\n"
    )
    first, second = load(), load()
    assert (first.rows["team_membership"], first.rows["calendar_hours"]) == (2, 1)
    assert sum(second.rows.values()) == 0


def test_a_changed_row_keeps_the_instant_it_was_first_seen(
    tmp_path: Path, landing: Path, load: Load
) -> None:
    file = landing / "tickets.csv"
    file.write_text(TICKET_HEADER + TICKET_ROW.format(id="k", status="open"))
    load()
    file.write_text(TICKET_HEADER + TICKET_ROW.format(id="k", status="solved"))
    load(as_of=datetime(2026, 11, 5, tzinfo=UTC))
    ((status, ingested_at),) = query(
        tmp_path, "select status, ingested_at from raw_landing.tickets"
    )
    assert (status, ingested_at) == ("solved", AS_OF)


def test_the_newest_of_two_rows_wins_in_any_order(
    tmp_path: Path, landing: Path, load: Load
) -> None:
    header = TICKET_HEADER.strip() + ",source_updated_at\n"
    old = TICKET_ROW.format(id="k", status="open").strip() + ",2026-10-02T00:00:00Z\n"
    new = TICKET_ROW.format(id="k", status="solved").strip() + ",2026-10-03T00:00:00Z\n"
    (landing / "tickets.csv").write_text(header + new + old)
    load()
    assert query(tmp_path, "select status from raw_landing.tickets") == [("solved",)]


def test_a_line_that_left_a_reference_file_leaves_the_warehouse(
    tmp_path: Path, landing: Path, load: Load
) -> None:
    header = "tenant_id,calendar_id,tz,name\n"
    file = landing / "business_calendars.csv"
    file.write_text(header + "acme,day,Europe/Rome,Day\nacme,night,Europe/Rome,Night\n")
    load()
    file.write_text(header + "acme,day,Europe/Rome,Day\n")
    load()
    assert query(
        tmp_path, "select calendar_id, source_system from raw_landing.business_calendars"
    ) == [("day", "manual")]


def test_absent_event_files_keep_what_was_loaded(tmp_path: Path, landing: Path, load: Load) -> None:
    file = landing / "tickets.csv"
    file.write_text(TICKET_HEADER + TICKET_ROW.format(id="k", status="open"))
    load()
    file.unlink()
    load()
    assert query(tmp_path, "select count(*) from raw_landing.tickets") == [(1,)]


def test_jsonl_and_parquet_load_like_csv(tmp_path: Path, landing: Path, load: Load) -> None:
    base = {
        "tenant_id": "acme",
        "source_system": "desk",
        "created_by_role": "customer",
        "origin": "inbound",
        "channel_id": "mail",
        "customer_ref": "buyer1",
        "status": "open",
    }
    line = base | {
        "ticket_id": "j",
        "created_at": "2026-10-01T11:00:00+02:00",
        "tag_ids": ["a", "b"],
    }
    (landing / "tickets.jsonl").write_bytes(orjson.dumps(line) + b"\n{broken\n")
    row = base | {"ticket_id": "p", "created_at": datetime(2026, 10, 1, 9, tzinfo=UTC)}
    pq.write_table(pa.Table.from_pylist([row]), landing / "tickets.more.parquet")
    load()
    found = query(
        tmp_path, "select ticket_id, created_at, tag_ids from raw_landing.tickets order by 1"
    )
    instant = datetime(2026, 10, 1, 9, tzinfo=UTC)
    assert found == [("j", instant, '["a","b"]'), ("p", instant, None)]
    assert query(tmp_path, "select line_no from raw_landing.quarantined_records") == [(2,)]


def test_exactly_one_kind_of_target(tmp_path: Path, landing: Path, load: Load) -> None:
    (landing / "sla_targets.csv").write_text(
        "tenant_id,target_version_id,policy_id,version,metric,target_seconds,target_business_days,clock\n"
        "acme,one,p,1,first_reply,60,,calendar\nacme,both,p,1,first_reply,60,3,calendar\n"
        "acme,none,p,1,first_reply,,,calendar\n"
    )
    load()
    assert query(tmp_path, "select target_version_id from raw_landing.sla_targets") == [("one",)]
    assert query(tmp_path, "select count(*) from raw_landing.quarantined_records") == [(2,)]


def test_a_missing_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingestion import pipeline

    monkeypatch.setattr(pipeline, "SOURCES", {"landing": pipeline.SOURCES["landing"]})
    settings = IngestionSettings(tmp_path / "home", AS_OF, tmp_path / "nowhere")
    (result,) = run_sources(["landing"], settings)
    assert isinstance(result.error, ConfigurationError)
    assert "nowhere does not exist" in str(result.error)
