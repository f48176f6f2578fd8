"""Reading never fails a run, a run never refuses a reader."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.locks import run_lock
from orchestration.promoting import promote, restore
from orchestration.publishing import stage
from orchestration.reading import SNAPSHOT_PREFIX, evidence, sweep_snapshots
from orchestration.settings import Settings, read_settings
from orchestration.versions import gated_versions, mark_gated

WRITES = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("create or replace table core.t as select 99 as marker")
print("writing", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"DESKHOUSE_HOME": str(tmp_path)})


def write(settings: Settings, marker: int) -> None:
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(
            "create schema if not exists core; create schema if not exists inner_part"
        )
        connection.execute(f"create or replace table core.t as select {marker} as marker")
        connection.execute("create or replace view inner_part.v as select * from core.t")


def publish(settings: Settings, marker: int) -> None:
    write(settings, marker)
    candidate = stage(
        settings.warehouse,
        settings.published_dir,
        datetime(2026, 11, 1, tzinfo=UTC),
        ("core",),
        run_id=f"run {marker}",
    )
    mark_gated(candidate, 1, 0)
    promote(settings.published_dir, candidate)


def read(path: Path) -> int:
    """Through a view, whose text names the database it was made in."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return int(connection.execute("select marker from inner_part.v").fetchall()[0][0])


@contextmanager
def writing(settings: Settings) -> Iterator[None]:
    """Another process that has the warehouse open for writing, as dbt has during a build."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITES, str(settings.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "writing\n"
        try:
            yield
        finally:
            process.stdin.close()


def test_a_reader_reads_while_a_run_writes(settings: Settings) -> None:
    publish(settings, 1)
    with run_lock(settings.home, "deskhouse run", 0), writing(settings), evidence(settings) as copy:
        assert read(copy) == 1


def test_a_run_writes_and_publishes_while_a_reader_reads(settings: Settings) -> None:
    publish(settings, 1)
    with evidence(settings) as copy:
        with run_lock(settings.home, "deskhouse run", 0), writing(settings):
            pass
        for marker in range(2, 7):
            publish(settings, marker)
        assert not copy.exists(), "the version that is read has been dropped meanwhile"
        assert read(copy) == 1
    with evidence(settings) as copy:
        assert read(copy) == 6


def test_what_is_read_is_what_is_published_also_after_a_rollback(settings: Settings) -> None:
    publish(settings, 1)
    publish(settings, 2)
    write(settings, 3)
    with evidence(settings) as copy:
        assert read(copy) == 2, "a build that no gate has passed is not what the numbers come from"
    restore(settings.published_dir, gated_versions(settings.published_dir)[-1].version)
    with evidence(settings) as copy:
        assert read(copy) == 1


def test_before_anything_is_published_a_snapshot_is_read_and_removed(settings: Settings) -> None:
    write(settings, 1)
    with evidence(settings) as copy:
        assert read(copy) == 1
        write(settings, 2)
        assert read(copy) == 1
    assert not list(settings.home.glob(f"{SNAPSHOT_PREFIX}*"))


def test_the_snapshot_of_a_reader_that_was_killed_is_swept(settings: Settings) -> None:
    write(settings, 1)
    code = (
        "import os, signal\n"
        "from orchestration.reading import evidence\n"
        "from orchestration.settings import read_settings\n"
        "with evidence(read_settings()):\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    variables = {**os.environ, "DESKHOUSE_HOME": str(settings.home)}
    subprocess.run([sys.executable, "-c", code], env=variables, check=False)
    assert len(list(settings.home.glob(f"{SNAPSHOT_PREFIX}*"))) == 1
    with evidence(settings) as copy:
        assert [copy.parent] == list(settings.home.glob(f"{SNAPSHOT_PREFIX}*"))
        sweep_snapshots(settings.home)
        assert read(copy) == 1, "that of a living reader stays"


def test_a_publication_of_an_earlier_release_is_read_from_a_snapshot(settings: Settings) -> None:
    publish(settings, 1)
    for folder in (settings.published_dir / "versions").iterdir():
        shutil.rmtree(folder / "private")
    with evidence(settings) as copy:
        assert read(copy) == 1


def test_without_anything_to_read_the_sentence_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigurationError, match="run deskhouse run first"), evidence(settings):
        pass
    write(settings, 1)
    monkeypatch.setattr("orchestration.reading._SHORT_WAIT_SECONDS", 0.1)
    with (
        run_lock(settings.home, "deskhouse run", 0),
        pytest.raises(DeskhouseError, match="a run is under way"),
        evidence(settings),
    ):
        pass


def test_the_copy_is_whole_after_a_writer_was_killed(settings: Settings) -> None:
    """What it had committed lies in the log beside the file."""
    write(settings, 1)
    code = (
        "import duckdb, os, signal, sys\n"
        "c = duckdb.connect(sys.argv[1]); c.execute(\"set checkpoint_threshold = '1GB'\")\n"
        "c.execute('create or replace table core.t as select 7 as marker')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(settings.warehouse)], check=False)
    assert settings.warehouse.with_name("warehouse.duckdb.wal").exists()
    with evidence(settings) as copy:
        assert read(copy) == 7
    candidate = stage(
        settings.warehouse,
        settings.published_dir,
        datetime(2026, 11, 1, tzinfo=UTC),
        ("core",),
        run_id="run",
    )
    with duckdb.connect(str(candidate.marts_file), read_only=True) as connection:
        assert connection.execute("select marker from core.t").fetchall() == [(7,)]
