"""What a run and doctor say of a landing folder is readable by whoever keeps its files. All data are synthetic."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.config import IngestionSettings
from orchestration.landing_report import FileNews, look, sentences

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
HEADER = "tenant_id,source_system,ticket_id,created_at,created_by_role,origin,channel_id,customer_ref,status"
ROW = "acme,desk,{},2026-10-01T09:00:00Z,customer,inbound,mail,buyer1,{}"


def write(folder: Path, name: str, *rows: str, header: str = HEADER) -> None:
    (folder / name).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with every kind of fault beside good files."""
    path = tmp_path / "landing"
    path.mkdir()
    write(path, "tickets_2026-09.csv", ROW.format("k1", "open"))
    write(path, "tickets_2026-10.csv", ROW.format("k2", "opne"), ROW.format("k3", "open"))
    write(path, "tickets (1).csv", *[ROW.format(f"x{n}", "frozen") for n in range(60)])
    write(path, "tiket.csv", ROW.format("k4", "open"))
    (path / "messages.jsonl.gz").write_bytes(gzip.compress(b"{}" * 100)[:20])
    (path / "2025").mkdir()
    (path / "notes.docx").write_bytes(b"x")
    write(path, "tenants.csv", "acme,Acme,CET+1", header="tenant_id,name,reporting_tz")
    write(
        path,
        "agents.csv",
        "acme,desk,7,Ann,x",
        header="tenant_id,source_system,agent_id,display_name,nik",
    )
    return path


def seen(tmp_path: Path, folder: Path) -> dict[str, FileNews]:
    news = look(IngestionSettings(tmp_path / "home", AS_OF), folder)
    return {one.report.file_name: one for one in news}


def test_every_fault_is_a_sentence_with_its_file(tmp_path: Path, folder: Path) -> None:
    news = seen(tmp_path, folder)
    said = sentences(list(news.values()))
    text = "\n".join(said)
    assert (
        "tiket.csv is not read: it is named after no canonical table; did you mean tickets?" in text
    )
    assert "2025 is not read: it is a folder" in text
    assert "notes.docx is not read: its ending is none of" in text
    assert (
        "messages.jsonl.gz is lost, nothing of it was loaded: the file is no complete gzip file"
        in text
    )
    assert "tickets (1).csv is lost, nothing of it was loaded: all of 60 rows are refused" in text
    assert "tickets_2026-10.csv line 2, status: a text of 4 letters is not one of" in text
    assert "tenants.csv line 2, reporting_tz:" in text
    assert "agents.csv: column nik is not in the contract and is ignored" in text
    assert "tickets_2026-09.csv" not in text
    assert "tickets (1).csv line 2 (and 59 more lines), status: a text of 6 letters" in text
    assert len(said) < 40
    assert said[0].startswith(("messages", "tickets (1)"))  # the worst first


def test_states_of_files(tmp_path: Path, folder: Path) -> None:
    states = {name: one.report.state for name, one in seen(tmp_path, folder).items()}
    assert states == {
        "tickets_2026-09.csv": "loaded",
        "tickets_2026-10.csv": "partly",
        "tickets (1).csv": "lost",
        "tiket.csv": "ignored",
        "messages.jsonl.gz": "lost",
        "2025": "ignored",
        "notes.docx": "ignored",
        "tenants.csv": "partly",
        "agents.csv": "loaded",
    }


def test_looking_writes_nothing(tmp_path: Path, folder: Path) -> None:
    seen(tmp_path, folder)
    assert not (tmp_path / "home").exists()
