"""What a person meets when something is wrong: one sentence with thing, place and remedy, and the right exit code."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e.runner import deskhouse, environment
from tests.empty_tables import begin_with_tables
from tests.property.landing import write_seeds

AS_OF = datetime(2026, 5, 20, 12, tzinfo=UTC)


def test_an_unknown_source_is_a_configuration_error(tmp_path: Path) -> None:
    done = deskhouse("run", "--sources", "zendsk", variables=environment(tmp_path), is_fresh=True)
    assert done.code == 2
    assert "zendsk" in done.err
    assert "Traceback" not in done.err


def test_a_wrong_instant_is_a_configuration_error(tmp_path: Path) -> None:
    done = deskhouse("run", "--as-of", "last week", variables=environment(tmp_path))
    assert done.code == 2
    assert "last week" in done.err
    assert "2026-11-01T06:00:00Z" in done.err


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    asked = ("--debug", "run", "--as-of", "last week")
    done = deskhouse(*asked, variables=environment(tmp_path), is_fresh=True)
    assert done.code != 0
    assert "Traceback" in done.err


def test_simulated_and_real_data_are_never_mixed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "simulator.json").write_text("{}", encoding="utf-8")
    variables = environment(
        home,
        SOURCES__ZENDESK__BASE_URL="https://example.invalid",
        SOURCES__ZENDESK__CLIENT_ID="a",
        SOURCES__ZENDESK__CLIENT_SECRET="b",
    )
    done = deskhouse("run", variables=variables)
    assert done.code == 2
    assert "simulated data" in done.err
    assert "DESKHOUSE_HOME" in done.err


@pytest.mark.slow
def test_missing_credentials_are_named(tmp_path: Path) -> None:
    begin_with_tables(tmp_path / "home")
    variables = environment(tmp_path / "home", SOURCES__ZENDESK__CLIENT_ID="only-this")
    done = deskhouse("run", variables=variables)
    assert done.code == 1
    assert "SOURCES__ZENDESK__" in done.err
    assert "Nothing was published" in done.err
    assert "Traceback" not in done.err


@pytest.mark.slow
def test_a_warehouse_that_is_open_elsewhere_is_named_with_its_process(tmp_path: Path) -> None:
    home, landing = tmp_path / "home", tmp_path / "landing"
    home.mkdir()
    write_seeds(landing, range(2), AS_OF)
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(home / "warehouse.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        holder.stdout.readline()
        done = deskhouse("run", "--sources", "landing", variables=environment(home, landing))
        holder.stdin.close()
    assert done.code == 1
    assert "warehouse.duckdb" in done.err
    assert "Another process" in done.err or str(holder.pid) in done.err
    assert "Traceback" not in done.err


@pytest.mark.slow
def test_doctor_says_what_is_missing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    well = deskhouse("doctor", variables=environment(home))
    assert well.code == 0, well.out + well.err
    assert "simulated vendors" in well.out
    ill = deskhouse("doctor", variables=environment(home, SOURCES__AMAZON__CLIENT_ID="only-this"))
    assert ill.code == 1
    assert "SOURCES__AMAZON__REFRESH_TOKEN" in ill.out
