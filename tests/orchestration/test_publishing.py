from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import DiskFullError, WarehouseLockedError
from orchestration import publishing
from orchestration.promoting import promote
from orchestration.publishing import stage
from orchestration.versions import KEPT_VERSIONS, PublishingError, current_version, mark_gated

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
SCHEMAS = ("core", "agent_sla")


def build_warehouse(path: Path, marker: int) -> Path:
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema core")
        connection.execute("create schema agent_sla")
        connection.execute(
            f"create table core.dim_tickets as select range as n, {marker} as marker from range(1000)"
        )
        connection.execute(
            f"create table agent_sla.daily as select range as n, {marker} as marker from range(1000)"
        )
        connection.execute("create view core.totals as select count(*) as n from core.dim_tickets")
    return path


def published_marker(folder: Path) -> int:
    with duckdb.connect(str(folder / "marts.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select distinct marker from core.dim_tickets union select distinct marker from agent_sla.daily"
        ).fetchall()
    assert len(found) == 1, "a reader met two versions at once"
    return found[0][0]


def publish(warehouse: Path, folder: Path) -> None:
    candidate = stage(warehouse, folder, AS_OF, SCHEMAS, run_id="run")
    mark_gated(candidate, 1, 0)
    promote(folder, candidate)


def test_a_publication_holds_tables_and_views_in_both_forms(tmp_path: Path) -> None:
    warehouse = build_warehouse(tmp_path / "warehouse.duckdb", 1)
    folder = tmp_path / "published"
    candidate = stage(warehouse, folder, AS_OF, SCHEMAS, run_id="run")
    mark_gated(candidate, 1, 0)
    assert not (folder / "marts.duckdb").exists(), "staged, but not yet visible"
    promote(folder, candidate)

    assert published_marker(folder) == 1
    parquet = folder / "parquet" / "core" / "dim_tickets.parquet"
    assert duckdb.sql(f"select count(*) from '{parquet}'").fetchall() == [(1000,)]
    with duckdb.connect(str(folder / "marts.duckdb"), read_only=True) as connection:
        assert connection.execute("select n from core.totals").fetchall() == [(1000,)]
    assert {(table.table, table.rows) for table in candidate.tables} == {
        ("dim_tickets", 1000),
        ("totals", 1),
        ("daily", 1000),
    }


def test_the_file_is_written_in_the_storage_version_bi_tools_read(tmp_path: Path) -> None:
    warehouse = build_warehouse(tmp_path / "warehouse.duckdb", 1)
    publish(warehouse, tmp_path / "published")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{tmp_path}/published/marts.duckdb' as marts (read_only)")
        tags = connection.execute(
            "select tags from duckdb_databases() where database_name = 'marts'"
        ).fetchall()[0][0]
    assert publishing.STORAGE_VERSION.split(".")[1] in tags["storage_version"]
    assert "v1.4" in tags["storage_version"]


def test_descriptions_become_comments(tmp_path: Path) -> None:
    warehouse = build_warehouse(tmp_path / "warehouse.duckdb", 1)
    candidate = stage(
        warehouse,
        tmp_path / "published",
        AS_OF,
        SCHEMAS,
        {"core.dim_tickets": {"": "One row per ticket's life.", "n": "Number.", "gone": "x"}},
        run_id="run",
    )
    with duckdb.connect(str(candidate.marts_file), read_only=True) as connection:
        assert connection.execute(
            "select comment from duckdb_tables() where table_name = 'dim_tickets'"
        ).fetchall() == [("One row per ticket's life.",)]


def test_the_last_three_versions_are_kept(tmp_path: Path) -> None:
    warehouse = build_warehouse(tmp_path / "warehouse.duckdb", 1)
    folder = tmp_path / "published"
    for marker in range(5):
        publish(build_warehouse(warehouse, marker), folder)
    assert len(list((folder / "versions").iterdir())) == KEPT_VERSIONS
    assert published_marker(folder) == 4


def test_a_missing_schema_leaves_yesterdays_file(tmp_path: Path) -> None:
    warehouse = build_warehouse(tmp_path / "warehouse.duckdb", 1)
    folder = tmp_path / "published"
    publish(warehouse, folder)
    before = current_version(folder)
    with pytest.raises(PublishingError, match="governance_review"):
        stage(warehouse, folder, AS_OF, (*SCHEMAS, "governance_review"), run_id="run")
    assert current_version(folder) == before
    assert published_marker(folder) == 1
    assert not list((folder / "candidates").iterdir())


def test_a_full_disk_is_named_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = build_warehouse(tmp_path / "warehouse.duckdb", 1)
    folder = tmp_path / "published"
    publish(warehouse, folder)

    def no_space(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(DiskFullError, match="free some space"):
        stage(warehouse, folder, AS_OF, SCHEMAS, run_id="run")
    assert published_marker(folder) == 1
    assert not list((folder / "candidates").iterdir())
    assert len(list((folder / "versions").iterdir())) == 1


def test_a_warehouse_open_elsewhere_is_named_with_its_process(tmp_path: Path) -> None:
    warehouse = build_warehouse(tmp_path / "warehouse.duckdb", 1)
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); "
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        holder.stdout.readline()
        try:
            with pytest.raises(WarehouseLockedError, match=str(holder.pid)):
                stage(warehouse, tmp_path / "published", AS_OF, SCHEMAS, run_id="run")
        finally:
            holder.stdin.close()


@pytest.mark.parametrize("moment", ["copying", "described", "staged", "gated", "between links"])
def test_killed_at_any_moment_the_old_version_stays_whole(tmp_path: Path, moment: str) -> None:
    folder = tmp_path / "published"
    warehouse = build_warehouse(tmp_path / "warehouse.duckdb", 1)
    publish(warehouse, folder)
    build_warehouse(warehouse, 2)
    hook = {
        "copying": "publishing._sync_to_disk = die",
        "described": "publishing.json.dumps = die",
        "staged": "promoting.promote = die",
        "gated": "promoting._show = die",
        "between links": "promoting._prune = die",
    }[moment]
    code = f"""
import os, signal
from pathlib import Path
from datetime import UTC, datetime
from orchestration import promoting, publishing
from orchestration.versions import mark_gated

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

{hook}
folder = Path({str(folder)!r})
candidate = publishing.stage(
    Path({str(warehouse)!r}), folder, datetime(2026, 11, 2, tzinfo=UTC), {SCHEMAS!r}, run_id="killed"
)
mark_gated(candidate, 1, 0)
promoting.promote(folder, candidate)
"""
    killed = subprocess.run([sys.executable, "-c", code], check=False)
    assert killed.returncode == -9
    assert published_marker(folder) == (2 if moment == "between links" else 1)

    publish(build_warehouse(warehouse, 3), folder)
    assert published_marker(folder) == 3
    assert not list((folder / "candidates").iterdir()), "what the killed run left is swept away"


def test_looping_readers_never_meet_a_torn_version(tmp_path: Path) -> None:
    folder = tmp_path / "published"
    warehouse = build_warehouse(tmp_path / "warehouse.duckdb", 0)
    publish(warehouse, folder)
    seen: list[int] = []
    problems: list[Exception] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                seen.append(published_marker(folder))
            except Exception as error:
                problems.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for marker in range(1, 9):
            publish(build_warehouse(warehouse, marker), folder)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert not problems
    assert published_marker(folder) == 8, "a reader that reconnects gets the newest version"
    assert len(set(seen)) > 1
