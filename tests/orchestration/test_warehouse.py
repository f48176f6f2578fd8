from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import DiskFullError, WarehouseLockedError
from orchestration import preflight
from orchestration.warehouse import describe_engine_error, open_read_only, warehouse_lock


def test_a_second_writer_is_refused_with_the_first_ones_process(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from orchestration.warehouse import warehouse_lock\n"
        "with warehouse_lock(Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        holder.stdout.readline()
        with (
            pytest.raises(WarehouseLockedError, match=str(holder.pid)),
            warehouse_lock(tmp_path),
        ):
            pass
        holder.stdin.close()
    with warehouse_lock(tmp_path):
        pass


def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from orchestration.warehouse import warehouse_lock\n"
        "with warehouse_lock(Path(sys.argv[1])):\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    with warehouse_lock(tmp_path):
        pass


def test_engine_errors_become_sentences() -> None:
    path = Path("/data/warehouse.duckdb")
    lock = duckdb.IOException(
        'IO Error: Could not set lock on file "x": Conflicting lock is held in /usr/bin/python (PID 41)'
    )
    assert "process 41" in str(describe_engine_error(lock, path))
    full = duckdb.IOException('IO Error: Could not write file "x": No space left on device')
    assert isinstance(describe_engine_error(full, path), DiskFullError)
    assert isinstance(
        describe_engine_error(OSError(28, "No space left on device"), path), DiskFullError
    )
    broken = RuntimeError(
        "FATAL Error: Failed: database has been invalidated because of a previous fatal error. The database must be "
        'restarted prior to being used again.\nOriginal error: "column 0 changed identity"'
    )
    assert '("column 0 changed identity"): run again' in str(describe_engine_error(broken, path))
    assert describe_engine_error(ValueError("something else"), path) is None


def test_reading_is_in_utc(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    duckdb.connect(str(path)).close()
    with open_read_only(path) as connection:
        found = connection.execute("select current_setting('TimeZone')").fetchall()
    assert found == [("UTC",)]


def test_a_run_that_would_fill_the_disk_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preflight.check_disk(tmp_path / "not" / "there" / "yet")
    monkeypatch.setattr(preflight, "free_bytes", lambda home: 10 * 2**20)
    with pytest.raises(DiskFullError, match="10 MiB free"):
        preflight.check_disk(tmp_path)
