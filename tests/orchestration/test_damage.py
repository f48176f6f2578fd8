"""Files that broke: what is broken, where, and a command that heals it; `doctor` sees it and goes on looking."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion import pipeline
from ingestion.config import IngestionSettings
from ingestion.errors import DamagedFileError, DeskhouseError
from ingestion.pipeline import LoadResult, run_sources
from orchestration.doctor_files import notes, warehouse
from orchestration.settings import Settings
from orchestration.warehouse import describe_engine_error, open_read_only
from tests.landing_builder import Desk, at, write

AS_OF = datetime(2026, 11, 20, tzinfo=UTC)
ROWS = "select * exclude (_dlt_load_id, version_at) from raw_landing.tickets order by all"


def _load(home: Path) -> LoadResult:
    """Load the files; the vendors' empty tables are not the subject here and would take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "SOURCES", {"landing": pipeline.SOURCES["landing"]})
        (result,) = run_sources(["landing"], IngestionSettings(home, AS_OF, home / "landing"))
    return result


def _settings(home: Path) -> Settings:
    return Settings(home, home / "landing", AS_OF, True, "duckdb", ())


def _tickets(home: Path) -> list[tuple[object, ...]]:
    with open_read_only(home / "warehouse.duckdb") as connection:
        return connection.execute(ROWS).fetchall()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which a desk of forty tickets was loaded."""
    home = tmp_path_factory.mktemp("damage") / "home"
    desk = Desk("damage")
    for number in range(40):
        desk.ticket(at("2026-10-01 09:00"), f"t{number}", assignee="a")
    write([desk], home / "landing")
    assert _load(home).error is None
    return home


@pytest.fixture
def home(loaded: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may break."""
    return Path(shutil.copytree(loaded, tmp_path / "home"))


def _healed(error: DeskhouseError, command: str) -> None:
    """Type what the sentence says, as a person would."""
    (said,) = (part for part in str(error).split(command, 1)[1:])
    words = said.split(" and run again")[0].split(", then")[0]
    subprocess.run(shlex.split(f"{command}{words}"), check=True)


def test_a_broken_header_is_named_and_its_remedy_reads_everything_again(home: Path) -> None:
    before = _tickets(home)
    with (home / "warehouse.duckdb").open("r+b") as file:
        file.seek(8)
        file.write(b"no database at all")
    with pytest.raises(DamagedFileError, match=r"warehouse\.duckdb is damaged") as caught:
        _load(home)
    (seen,) = warehouse(_settings(home))
    assert (seen.state, seen.seen) == ("error", "damaged")
    assert "mv " in seen.remedy
    _healed(caught.value, "mv ")
    assert _load(home).error is None
    assert _tickets(home) == before
    assert (home / "warehouse.duckdb.damaged").is_file()


def test_broken_blocks_are_seen_though_the_file_opens(home: Path) -> None:
    file = home / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table raw_landing.big as select range as i from range(3000000)")
        connection.execute("checkpoint")
    (fine,) = warehouse(_settings(home))
    assert fine.state == "ok"
    size = file.stat().st_size
    with file.open("r+b") as handle:
        for place in range(size // 2, size, 262_144):
            handle.seek(place + 4_096)
            handle.write(b"\x5a" * 64)
    (seen,) = warehouse(_settings(home))
    assert (seen.state, seen.seen) == ("error", "damaged")
    assert str(file) in seen.remedy


@pytest.mark.parametrize("name", ["state.json", "schemas/landing.schema.json"])
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(garbage=st.one_of(st.binary(max_size=60), st.sampled_from([b"[]", b"{}", b'{"a": 1}'])))
def test_notes_of_dlt_that_cannot_be_read_are_named(home: Path, name: str, garbage: bytes) -> None:
    folder = home / "dlt" / "pipelines" / "deskhouse_landing"
    (folder / name).write_bytes(garbage)
    result = _load(home)
    assert isinstance(result.error, DamagedFileError)
    assert str(folder / name) in str(result.error)
    (seen,) = notes(_settings(home))
    assert seen.state == "error"
    assert f"rm -r {folder}" in seen.remedy


def test_without_its_notes_a_source_goes_on_from_the_warehouse(home: Path) -> None:
    before = _tickets(home)
    (home / "dlt" / "pipelines" / "deskhouse_landing" / "state.json").write_text('{"torn')
    error = _load(home).error
    assert error is not None
    _healed(error, "rm -r ")
    result = _load(home)
    assert result.error is None
    assert result.rows.get("tickets", 0) == 0
    assert _tickets(home) == before


def test_a_place_that_cannot_be_written_is_named_with_the_remedy(tmp_path: Path) -> None:
    error = OSError(30, "Read-only file system", str(tmp_path / "run.lock"))
    known = describe_engine_error(error, tmp_path)
    assert known is not None
    assert str(tmp_path / "run.lock") in str(known)
    assert "DESKHOUSE_HOME" in str(known)


def test_a_damaged_publication_says_rollback(tmp_path: Path) -> None:
    file = tmp_path / "published" / "marts.duckdb"
    file.parent.mkdir()
    file.write_bytes(b"torn" * 4096)
    with pytest.raises(DamagedFileError, match="deskhouse rollback"), open_read_only(file):
        pass
