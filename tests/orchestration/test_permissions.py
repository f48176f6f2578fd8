"""Whose the files are: the owner's alone, the publication a group's if one is named, and doctor names the rest."""

from __future__ import annotations

import grp
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.errors import ConfigurationError
from orchestration.doctor_access import access
from orchestration.permissions import bi_group, protect_home, readable_by_others
from orchestration.promoting import promote
from orchestration.publishing import stage
from orchestration.settings import Settings, read_settings
from orchestration.versions import mark_gated

OWN_GROUP = grp.getgrgid(os.getegid()).gr_name


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"DESKHOUSE_HOME": str(tmp_path / "it's home")})


def publish(settings: Settings) -> Path:
    """A publication under a generous umask, as a service may have it."""
    before = os.umask(0)
    try:
        protect_home(settings.home, settings.published_dir)
        with duckdb.connect(str(settings.warehouse)) as connection:
            connection.execute("create schema core; create table core.t as select 1 as n")
        candidate = stage(
            settings.warehouse,
            settings.published_dir,
            datetime(2026, 11, 1, tzinfo=UTC),
            ("core",),
            run_id="run",
            group=bi_group(),
        )
        mark_gated(candidate, 1, 0)
        promote(settings.published_dir, candidate)
        protect_home(settings.home, settings.published_dir)
    finally:
        os.umask(before)
    return settings.published_dir / "versions" / candidate.version


def test_nothing_of_a_publication_is_others(settings: Settings) -> None:
    publish(settings)
    paths = [settings.home, *settings.home.rglob("*")]
    assert all(mode(path) & 0o077 == 0 for path in paths if not path.is_symlink())
    assert readable_by_others(settings.home, settings.published_dir, None) == []


def test_a_group_reads_what_is_published_and_nothing_else(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_BI_GROUP", OWN_GROUP)
    version = publish(settings)
    assert mode(settings.home) == 0o710
    for folder in (settings.published_dir, version.parent, version, version / "parquet" / "core"):
        assert mode(folder) == 0o750
    for file in ("marts.duckdb", "publication.json", "gate.json", "parquet/core/t.parquet"):
        assert mode(version / file) == 0o640
        assert (version / file).stat().st_gid == os.getegid()
    for closed in (version / "private", settings.published_dir / "candidates"):
        assert mode(closed) == 0o700
    assert mode(version / "private" / "warehouse.duckdb") == 0o600
    assert mode(settings.warehouse) == 0o600
    assert readable_by_others(settings.home, settings.published_dir, os.getegid()) == []
    monkeypatch.delenv("DESKHOUSE_BI_GROUP")
    protect_home(settings.home, settings.published_dir)
    assert mode(version / "marts.duckdb") == 0o600, "taken back with the setting"


def test_a_group_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKHOUSE_BI_GROUP", "no-such-group")
    with pytest.raises(ConfigurationError, match="no-such-group"):
        bi_group()


def test_an_open_home_of_an_earlier_release_is_closed_and_what_is_not_ours_stays(
    settings: Settings,
) -> None:
    publish(settings)
    (settings.home / "ledger").mkdir()
    others = settings.home / "notes.txt"
    others.write_text("somebody's own")
    for path in (settings.home, settings.home / "ledger", settings.published_dir):
        path.chmod(0o755)
    for path in (settings.warehouse, others):
        path.chmod(0o644)
    found = readable_by_others(settings.home, settings.published_dir, None)
    assert {settings.warehouse, settings.home / "ledger", settings.published_dir} <= set(found)
    protect_home(settings.home, settings.published_dir)
    assert mode(settings.home) == 0o700
    assert mode(settings.warehouse) == 0o600
    assert mode(settings.home / "ledger") == 0o700
    assert mode(others) == 0o644


def test_a_home_that_holds_more_is_not_closed_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    (tmp_path / "user").mkdir()
    tmp_path.chmod(0o755)
    protect_home(tmp_path, tmp_path / "published")
    assert mode(tmp_path) == 0o755


def test_doctor_names_what_others_can_read_and_how_to_close_it(
    settings: Settings, tmp_path: Path
) -> None:
    publish(settings)
    (closed,) = access(settings)
    assert closed.state == "ok"
    settings.home.chmod(0o755)
    settings.warehouse.chmod(0o644)
    (found,) = access(settings)
    assert found.state == "warning"
    assert str(settings.warehouse) in found.seen
    command = found.remedy
    assert command.startswith("chmod -R go= ")
    subprocess.run(command, shell=True, check=True)  # noqa: S602 - the remedy as doctor prints it
    (repaired,) = access(settings)
    assert repaired.state == "ok"
    landing = tmp_path / "landing"
    landing.mkdir()
    landing.chmod(0o755)
    open_landing = read_settings(
        {"DESKHOUSE_HOME": str(settings.home), "DESKHOUSE_LANDING_DIR": str(landing)}
    )
    assert "landing" in next(iter(access(open_landing))).seen


@given(
    modes=st.lists(
        st.tuples(
            st.sampled_from(["warehouse.duckdb", "ledger", "published", "x"]), st.integers(0, 0o777)
        ),
        min_size=1,
    ),
    home_mode=st.integers(0, 0o777),
)
def test_what_is_named_is_what_others_can_reach(
    tmp_path_factory: pytest.TempPathFactory, modes: list[tuple[str, int]], home_mode: int
) -> None:
    home = tmp_path_factory.mktemp("home")
    wanted = dict(modes)
    for name, bits in wanted.items():
        (home / name).touch()
        (home / name).chmod(bits | 0o600)
    home.chmod(home_mode | 0o700)
    named = {path.name for path in readable_by_others(home, home / "published", None)}
    is_reachable = bool(home_mode & 0o011)
    assert named == {name for name, bits in wanted.items() if is_reachable and bits & 0o044}


def test_the_command_creates_files_for_their_owner(tmp_path: Path) -> None:
    """Whatever the umask of the shell is."""
    code = (
        "import os, sys; os.umask(0); sys.argv = ['deskhouse', 'doctor']\n"
        "from orchestration.cli import entry\n"
        "import orchestration.doctor as doctor\n"
        "doctor.examine = lambda settings: [open(settings.home.parent / 'made', 'w').close()] and []\n"
        "entry()"
    )
    variables = {**os.environ, "DESKHOUSE_HOME": str(tmp_path / "home")}
    subprocess.run([sys.executable, "-c", code], env=variables, check=True)
    assert mode(tmp_path / "made") == 0o600
