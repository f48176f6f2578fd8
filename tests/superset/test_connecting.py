"""How Superset connects, keeps its secrets and says no: everything but Superset itself."""

from __future__ import annotations

import importlib.util
import re
import shutil
import stat
from pathlib import Path
from types import ModuleType

import duckdb
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ingestion.errors import ConfigurationError
from orchestration.settings import PROJECT_DIR, read_settings
from orchestration.superset import environment, serving, store
from tests.superset.proof import point_to
from tests.superset.world import of_kind


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with two versions, of which the first is published."""
    for number, version in enumerate(("one", "two"), start=1):
        folder = tmp_path / "published" / "versions" / version
        folder.mkdir(parents=True)
        with duckdb.connect(str(folder / "marts.duckdb")) as connection:
            connection.execute(f"create table told as select {number} as number")
    (tmp_path / "published" / "marts.duckdb").symlink_to("current/marts.duckdb")
    point_to(tmp_path, "one")
    return tmp_path


@pytest.fixture
def config(home: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """What Superset reads, for that home."""
    folder = store.folder(home)
    folder.mkdir()
    (folder / store.SECRET_FILE).write_text("a secret of this test\n", encoding="utf-8")
    monkeypatch.setenv("SUPERSET_HOME", str(folder))
    spec = importlib.util.spec_from_file_location(
        "config_of_superset", store.FOLDER / "superset_config.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _engine(config: ModuleType) -> Engine:
    """As Superset makes one for every question."""
    (database,) = of_kind("databases").values()
    params = {"poolclass": NullPool, **database["extra"]["engine_params"]}
    uri, params = config.DB_CONNECTION_MUTATOR(
        make_url(database["sqlalchemy_uri"]), params, "admin", None, None
    )
    return create_engine(uri, **params)


def _ask(config: ModuleType, statement: str) -> list[tuple[object, ...]]:
    with _engine(config).connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_a_new_publication_is_seen_while_the_old_one_is_still_held(
    home: Path, config: ModuleType
) -> None:
    with _engine(config).connect() as held:
        assert _ask(config, "select number from told") == [(1,)]
        point_to(home, "two")
        assert _ask(config, "select number from told") == [(2,)]
        assert held.execute(text("select number from told")).scalar() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine as select 1",
        "update told set number = 3",
        "select * from read_csv('{outside}')",
        "attach '{outside}' as other",
        "copy told to '{outside}'",
        "set enable_external_access = true",
    ],
)
def test_nothing_is_written_and_no_other_file_is_read(
    home: Path, config: ModuleType, statement: str
) -> None:
    outside = home / "outside.csv"
    outside.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DBAPIError):
        _ask(config, statement.format(outside=outside))
    assert outside.read_text(encoding="utf-8") == "a,b\n1,2\n"


def test_other_databases_are_left_as_they_are(config: ModuleType) -> None:
    uri = make_url("postgresql://somebody@elsewhere/db")
    assert config.DB_CONNECTION_MUTATOR(uri, {"a": 1}, "admin", None, None) == (uri, {"a": 1})


def test_the_pages_may_ask_nobody_else(config: ModuleType) -> None:
    policy = config.TALISMAN_CONFIG["content_security_policy"]
    said = " ".join(" ".join(part) if isinstance(part, list) else part for part in policy.values())
    assert config.TALISMAN_ENABLED
    assert not re.search(r"https?:|\*|\.[a-z]{2,}", said)
    assert {"default-src", "img-src", "connect-src", "script-src", "font-src"} <= set(policy)


def test_nothing_is_kept_between_questions_and_no_other_host_is_served(config: ModuleType) -> None:
    assert {config.CACHE_CONFIG["CACHE_TYPE"], config.DATA_CACHE_CONFIG["CACHE_TYPE"]} == {
        "NullCache"
    }
    assert config.TRUSTED_HOSTS == [serving.HOST, "localhost"]
    assert serving.address(1).startswith(f"http://{serving.HOST}:1/")
    assert f"{serving.HOST}:1" in serving._command(1)


def test_secrets_are_made_once_for_their_owner_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []
    monkeypatch.setattr(store, "_inside", lambda home, one: given.append(one))
    settings = read_settings({"DESKHOUSE_HOME": str(home)})
    store.prepare(settings)
    store.prepare(settings)
    assert given[0] == given[1]
    folder = store.folder(home)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in (store.SECRET_FILE, store.PASSWORD_FILE):
        path = folder / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(path.read_text(encoding="utf-8").strip()) >= 24


def test_superset_is_told_nothing_of_ours(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SOURCES__ZENDESK__CLIENT_SECRET", "DESKHOUSE_PRIVACY_KEY", "PYTHONPATH"):
        monkeypatch.setenv(name, "ours")
    told = store.variables(home)
    assert "ours" not in told.values()
    assert told["SUPERSET_HOME"] == str(home / "superset")


def test_nothing_published_is_said_before_anything_is_installed(tmp_path: Path) -> None:
    settings = read_settings({"DESKHOUSE_HOME": str(tmp_path)})
    with pytest.raises(ConfigurationError, match=r"Nothing is published yet.*make run"):
        store.require_publication(settings)


def test_a_python_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment.sys, "version_info", (3, 13, 0))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"Python 3\.11 or 3\.12, and this is 3\.13"):
        environment.suitable_python()
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert environment.suitable_python() == "/usr/bin/python3.11"


def test_an_environment_of_another_lock_is_not_taken_for_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "ENVIRONMENT", tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    monkeypatch.setattr(environment, "_run", lambda command, fault: None)
    assert not environment.is_installed()
    environment.ENVIRONMENT.joinpath("installed-lock").write_text(
        "of another lock", encoding="utf-8"
    )
    assert not environment.is_installed()


def test_a_server_that_ends_is_named_with_its_log(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.folder(home).mkdir()
    monkeypatch.setattr(serving, "_command", lambda port: ["false"])
    with (
        pytest.raises(ConfigurationError, match=r"did not answer on 127\.0\.0\.1:1 .*server\.log"),
        serving.served(home, 1),
    ):
        pass


def test_the_lock_is_whole_and_of_our_engine() -> None:
    lock = environment.LOCK.read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9._-]+)==(\S+).*\\\n    --hash=sha256:", lock, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[a-z]", lock, re.MULTILINE)) > 100
    assert not re.search(r"https?:|--index|--find-links", lock)
    main = (PROJECT_DIR / "requirements.lock").read_text(encoding="utf-8")
    ours = re.search(r"^duckdb==(\S+)", main, re.MULTILINE)
    assert ours
    assert dict(pins)["duckdb"] == ours[1]
