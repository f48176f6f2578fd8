"""``deskhouse rotate-key``: what it says, what it removes, and who may not use it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from ingestion import rehashing
from ingestion.pipeline import settle_keys
from ingestion.privacy import load_pseudonymiser
from orchestration import publishing
from orchestration.cli import app
from orchestration.ledger.look_back import LookBack, write_look_back
from orchestration.lookups import log_faults, logged
from orchestration.promoting import promote
from orchestration.publishing import stage
from orchestration.rotating import RotationError, rotate
from orchestration.settings import Settings, read_settings
from orchestration.versions import gated_versions, mark_gated

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with its own key, a buyer's ticket, and two publications."""
    monkeypatch.delenv("DESKHOUSE_PRIVACY_KEY")
    home = tmp_path / "home"
    monkeypatch.setenv("DESKHOUSE_HOME", str(home))
    monkeypatch.setenv("DESKHOUSE_LEDGER_KEYS", str(tmp_path / "keys"))
    settings = read_settings(as_of=AS_OF.isoformat())
    settle_keys(settings.ingestion)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema raw_shop; create schema core")
        connection.execute("create table core.t as select 1 as x")
        connection.execute(
            "create table raw_shop.orders as select ? as customer_ref, 'url' as evidence_ref",
            [load_pseudonymiser(home).customer_ref("shop", 7)],
        )
    for run in ("one", "two"):
        publish(settings, run)
    return home


def publish(settings: Settings, run: str) -> str:
    candidate = stage(
        settings.warehouse, settings.published_dir, AS_OF, schemas=("core",), run_id=run
    )
    mark_gated(candidate, 1, 0)
    promote(settings.published_dir, candidate)
    return candidate.version


def buyers(home: Path) -> list[tuple[str, str]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute("select * from raw_shop.orders").fetchall()


def test_buyers_stay_linked_and_what_bears_old_keys_goes(home: Path) -> None:
    settings = read_settings(as_of=AS_OF.isoformat())
    (home / "look-back" / "20261001T000000Z").mkdir(parents=True)
    newest, oldest = (found.version for found in gated_versions(settings.published_dir))
    done = CliRunner().invoke(app, ["rotate-key"])
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "Rotated: privacy key 2, 1 pseudonyms and fingerprints follow it." in said
    assert f"Removed with their old keys: {oldest}." in said
    assert f"{newest} is still published with the old keys" in said
    assert not (home / "look-back").exists()
    chain = load_pseudonymiser(home)
    assert chain.version == 2
    assert buyers(home) == [(chain.customer_ref("shop", 7), "url")]
    after = publish(settings, "three")
    assert [found.version for found in gated_versions(settings.published_dir)] == [after]
    record = json.loads((settings.published_dir / "current" / "publication.json").read_text())
    assert record[publishing.KEY_VERSION] == 2


def test_a_rotation_is_logged_without_anybody_in_it(home: Path) -> None:
    assert CliRunner().invoke(app, ["rotate-key"]).exit_code == 0
    (line,) = logged(home)
    assert (line.command, line.agents, line.agent_keys, line.rows) == ("rotate-key", 0, (), 0)
    assert line.operator and line.signature
    assert log_faults(home) == []
    assert "rotate-key" in CliRunner().invoke(app, ["lookups"]).output


def test_a_killed_rotation_is_finished_and_not_begun_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read_settings(as_of=AS_OF.isoformat())
    before = buyers(home)

    def dying(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(rehashing, "_replace", dying)
        rotate(settings)
    assert buyers(home) == before
    done = rotate(settings)
    assert (done.version, done.moved, done.was_begun) == (2, 1, True)
    chain = load_pseudonymiser(home)
    assert buyers(home) == [(chain.customer_ref("shop", 7), "url")]
    again = rotate(settings)
    assert (again.version, again.was_begun) == (3, False)
    assert buyers(home) == [(load_pseudonymiser(home).customer_ref("shop", 7), "url")]


def test_a_secret_of_the_environment_is_rotated_by_its_owner(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "warehouse.duckdb").unlink()
    old = "a-secret-of-the-environment"
    monkeypatch.setenv("DESKHOUSE_PRIVACY_KEY", old)
    refused = CliRunner().invoke(app, ["rotate-key"])
    assert refused.exit_code == 2
    assert "set it to chain:OLD,NEW" in " ".join(refused.output.split())
    assert old not in refused.output
    assert list(logged(home)) == []
    settings = read_settings(as_of=AS_OF.isoformat())
    settle_keys(settings.ingestion)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema raw_shop")
        connection.execute(
            "create table raw_shop.orders as select ? as customer_ref",
            [load_pseudonymiser(home).customer_ref("shop", 7)],
        )
    monkeypatch.setenv("DESKHOUSE_PRIVACY_KEY", f"chain:{old},another-secret-of-it")
    done = CliRunner().invoke(app, ["rotate-key"])
    assert done.exit_code == 0, done.output
    assert "The warehouse caught up: privacy key 2" in " ".join(done.output.split())
    assert buyers(home) == [(load_pseudonymiser(home).customer_ref("shop", 7),)]


def test_neither_a_look_back_nor_a_missing_home_is_rotated(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_look_back(home, LookBack(home, AS_OF))
    with pytest.raises(RotationError, match="rotate in the home itself"):
        rotate(read_settings(as_of=AS_OF.isoformat()))
    monkeypatch.setenv("DESKHOUSE_HOME", str(home / "nowhere"))
    with pytest.raises(RotationError, match="does not exist"):
        rotate(read_settings(as_of=AS_OF.isoformat()))
    assert load_pseudonymiser(home).version == 1
