"""After a rotation the raw tables hold what a fresh load under the whole chain would have brought, each value once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion import person_keys, pipeline, rehashing
from ingestion.config import IngestionSettings
from ingestion.person_keys import PrivacyKeyError
from ingestion.pipeline import LoadResult, settle_keys
from ingestion.privacy import load_pseudonymiser
from ingestion.quarantine import Refused, VendorQuarantine
from tests.ingestion.zendesk import stub
from tests.ingestion.zendesk.conftest import AS_OF

Load = Callable[..., LoadResult]
Rows = Callable[[str], list[tuple[Any, ...]]]
pytestmark = pytest.mark.tables(
    "tickets", "ticket_events", "users", "satisfaction_ratings", "staff_identities"
)
FIRST, SECOND = "the-first-secret-of-tests", "the-second-secret-of-tests"
MOVED_BY_LOADING = ("row_hash", "ingested_at", "_dlt_load_id", "_dlt_id", "content_hash")


@pytest.fixture(autouse=True)
def _first_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKHOUSE_PRIVACY_KEY", FIRST)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test that needs it leaves the home of the account, loaded under the first key."""
    return tmp_path_factory.mktemp("once") / "home"


@pytest.fixture
def loaded(load: Load, once: Path, tmp_path: Path) -> Load:
    """The account as it is was loaded already; what is given loads it again."""
    home = tmp_path / "home"
    if once.exists():
        shutil.copytree(once, home)
    else:
        assert load().error is None
        shutil.copytree(home, once)
    return load


def rotate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKHOUSE_PRIVACY_KEY", f"chain:{FIRST},{SECOND}")


def content(rows: Rows) -> dict[str, list[str]]:
    """What the raw tables say, a row a text of JSON, without what tells when and how it was loaded."""
    found: dict[str, list[str]] = {}
    for table, column in rows(
        "select table_name, column_name from duckdb_columns() where schema_name = 'raw_zendesk' "
        "and not starts_with(table_name, '_dlt') order by all"
    ):
        found.setdefault(table, [])
        if column not in MOVED_BY_LOADING:
            found[table].append(f'"{column}"')
    # one query for all, because each opens the warehouse and reads its whole catalogue
    every = " union all ".join(
        f"select '{table}', to_json(shown) from (select {', '.join(columns)} from raw_zendesk.{table}) as shown"
        for table, columns in found.items()
    )
    shown: dict[str, list[str]] = {table: [] for table in found}
    for table, row in rows(f"{every} order by all"):
        shown[table].append(row)
    return shown


def test_a_rotated_table_is_what_a_load_under_the_whole_chain_brings(
    account: stub.StubAccount,
    load: Load,
    rows: Rows,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account.events.append(stub.audit(104, 3, 6, stub.comment(1006, stub.BUYER, 6)) | {"id": None})
    account.tickets[0]["subject"] = "Where is my parcel?"
    assert load().error is None
    before = content(rows)
    rotate(monkeypatch)
    settings = IngestionSettings(tmp_path / "home", AS_OF)
    moved = settle_keys(settings)
    assert moved >= 6
    followed = content(rows)
    assert followed != before
    assert settle_keys(settings) == 0
    assert content(rows) == followed
    (tmp_path / "home" / "warehouse.duckdb").unlink()
    assert load().error is None
    assert content(rows) == followed
    assert followed["ticket_events"] and followed["quarantined_records"]
    stored = rows("select version, is_current from raw_identity.person_keys order by 1")
    assert stored == [(1, False), (2, True)]


def test_new_rows_join_rotated_ones(
    account: stub.StubAccount, loaded: Load, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate(monkeypatch)
    account.tickets.append(stub.ticket(4, 11))
    assert loaded().error is None
    assert rows("select count(*), count(distinct requester_ref) from raw_zendesk.tickets") == [
        (4, 1)
    ]


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_rotation_that_dies_is_finished_by_the_next_and_hashes_nothing_twice(
    loaded: Load, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """The new key is on the disk, then the process dies before, or within, the one transaction."""
    before = content(rows)
    rotate(monkeypatch)
    real, seen = rehashing._replace, iter(range(100))

    def dying(*arguments: Any) -> int:
        if next(seen) == after:
            raise KeyboardInterrupt
        return real(*arguments)

    settings = IngestionSettings(tmp_path / "home", AS_OF)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(rehashing, "_replace", dying)
        settle_keys(settings)
    assert content(rows) == before
    settle_keys(settings)
    followed = content(rows)
    (tmp_path / "home" / "warehouse.duckdb").unlink()
    assert loaded().error is None
    assert content(rows) == followed


def test_what_a_killed_load_left_behind_is_loaded_before_the_warehouse_follows(
    account: stub.StubAccount,
    loaded: Load,
    rows: Rows,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its files bear pseudonyms of the old chain, and cursors that are past its rows."""
    account.tickets.append(stub.ticket(4, 11))
    settings = IngestionSettings(tmp_path / "home", AS_OF)
    killed = pipeline._pipeline("zendesk", settings)
    killed.extract(pipeline._source("zendesk")(settings), loader_file_format="parquet")
    killed.normalize()
    assert killed.has_pending_data
    rotate(monkeypatch)
    assert settle_keys(settings) > 0
    followed = content(rows)
    assert len(followed["tickets"]) == 4
    (tmp_path / "home" / "warehouse.duckdb").unlink()
    assert loaded().error is None
    assert content(rows) == followed


def test_a_warehouse_of_an_earlier_release_has_gone_through_one_key(
    loaded: Load, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with duckdb.connect(str(tmp_path / "home" / "warehouse.duckdb")) as connection:
        connection.execute("drop schema raw_identity cascade")
    before = content(rows)
    rotate(monkeypatch)
    assert settle_keys(IngestionSettings(tmp_path / "home", AS_OF)) > 0
    assert content(rows) != before


def test_another_key_is_refused_and_loads_nothing(
    account: stub.StubAccount, loaded: Load, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under another key every buyer would silently be another one."""
    account.tickets.append(stub.ticket(4, 11))
    for other in (SECOND, f"chain:{SECOND},{FIRST}"):
        monkeypatch.setenv("DESKHOUSE_PRIVACY_KEY", other)
        with pytest.raises(PrivacyKeyError, match="put that one back, or remove the warehouse"):
            loaded()
    assert rows("select count(*) from raw_zendesk.tickets") == [(3,)]
    rotate(monkeypatch)
    assert loaded().error is None
    monkeypatch.setenv("DESKHOUSE_PRIVACY_KEY", FIRST)
    with pytest.raises(PrivacyKeyError):
        loaded()


def test_a_refusal_made_before_a_rotation_heals_after_it(
    load: Load, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is refused is known by a keyed hash of its scope; with another hash it would stay listed for ever."""
    settings = IngestionSettings(tmp_path / "home", AS_OF)
    first = VendorQuarantine(settings, "zendesk", "zendesk")
    first.refuse(Refused("tickets", "7", "x", "export", None, "subject", "too long"))
    (known,) = first._rows
    assert load().error is None
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(
            "insert into raw_zendesk.quarantined_records (record_id, _dlt_load_id) values (?, '')",
            [known],
        )
    rotate(monkeypatch)
    settle_keys(settings)
    later = VendorQuarantine(settings, "zendesk", "zendesk")
    later.read_again("tickets", "7")
    ((stored,),) = rows("select record_id from raw_zendesk.quarantined_records")
    assert stored != known
    assert later._read_again == {stored.partition("-")[0]}


def test_only_derived_keys_are_in_the_warehouse(loaded: Load, tmp_path: Path) -> None:
    settings = IngestionSettings(tmp_path / "home", AS_OF)
    chain = load_pseudonymiser(settings.home)
    with duckdb.connect(str(settings.warehouse)) as connection:
        assert person_keys.written_version(connection) == 1
        stored = connection.execute(
            "select inner_key, outer_key from raw_identity.person_keys"
        ).fetchall()
    (derived,) = chain.person_keys()
    assert stored == [(derived.inner, derived.outer)]
    assert chain.key.hex() not in (derived.inner, derived.outer)
