"""What names a buyer in a file is hashed on the way in: one hash for all spellings, never stored as it was."""

from __future__ import annotations

import json
import re
import shutil
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.canonical import tables
from ingestion.config import IngestionSettings
from ingestion.errors import DeskhouseError
from ingestion.identity import normal_identity
from ingestion.plain_refs import holds_plain, needs_rewriting
from ingestion.privacy import load_pseudonymiser
from ingestion.sources.landing.folder import DATASET, LandingFolder
from orchestration.forgetting.erasing import drop_plain_versions
from orchestration.fresh_copy import rewrite_where_wanted
from tests.ingestion.landing.conftest import AS_OF, Load, Seen, query, ticket
from tests.orchestration.forgetting import settings_of, standing_in

ADDRESS, PHONE = "Vera.Falk@Example.ORG", "+49 (0)171 555-0199"
HASH = re.compile(r"^[0-9a-f]{32}$")
Look = Callable[[], Seen]


def _write(folder: Path, table: str, *rows: dict[str, Any]) -> None:
    (folder / f"{table}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def _message(message_id: str, ticket_id: str = "k", **changed: Any) -> dict[str, Any]:
    row = {
        "tenant_id": "acme",
        "source_system": "desk",
        "message_id": message_id,
        "ticket_id": ticket_id,
        "sent_at": "2026-10-01T09:00:00Z",
        "direction": "inbound",
        "visibility": "public",
        "author_role": "customer",
    }
    return row | changed


def _all(folder: Path) -> None:
    """A buyer in every column that can name one."""
    owner = {"tenant_id": "acme", "source_system": "desk"}
    _write(folder, "tickets", ticket("k", customer_ref=ADDRESS, subject_hash="Where is it?"))
    _write(folder, "customers", {**owner, "customer_ref": ADDRESS.lower(), "customer_type": "vip"})
    _write(
        folder,
        "messages",
        _message("m1", author_id=f" {ADDRESS}", body_hash="call me", deleted_by=ADDRESS.upper()),
        _message("m2", author_id="ana", author_role="agent", deleted_by="ana"),
    )
    event = {**owner, "ticket_id": "k", "occurred_at": "2026-10-01T09:00:00Z"}
    _write(
        folder,
        "ticket_events",
        {
            **event,
            "event_id": "1",
            "event_type": "reopened",
            "actor_id": ADDRESS,
            "actor_role": "customer",
        },
        {
            **event,
            "event_id": "2",
            "event_type": "author_blocked",
            "to_value": ADDRESS,
            "actor_id": "ana",
            "actor_role": "agent",
        },
        {
            **event,
            "event_id": "3",
            "event_type": "status_change",
            "to_value": "open",
            "actor_id": "ana",
            "actor_role": "agent",
        },
    )
    visit = {
        **owner,
        "source_system": "faq",
        "subject_system": "desk",
        "outcome": "viewed",
        "occurred_at": "2026-10-01T08:00:00Z",
    }
    _write(
        folder,
        "self_service_events",
        {**visit, "event_id": "1", "session_ref": f"{ADDRESS}:tab-1"},
        {**visit, "event_id": "2", "session_ref": ADDRESS},
    )


def _plain_in(warehouse: Path) -> set[str]:
    """Tables and columns in which the buyer stands as typed, in any spelling."""
    found = set()
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for schema, table, column in connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns()"
            " where data_type = 'VARCHAR' and not internal"
        ).fetchall():
            hits = connection.execute(
                f'select count(*) from "{schema}"."{table}" where lower("{column}") like \'%vera.falk%\''
            ).fetchall()
            if hits[0][0]:
                found.add(f"{schema}.{table}.{column}")
    return found


def test_every_column_that_names_a_buyer_is_hashed_alike(
    folder: Path, look: Look, tmp_path: Path
) -> None:
    _all(folder)
    seen = look()
    ref = load_pseudonymiser(tmp_path / "home").customer_ref("desk", ADDRESS.lower())
    assert seen.values("customer_ref") == {"k": ref}
    (customer,) = seen.rows("customers")
    assert (customer["customer_ref"], customer["source_id"]) == (ref, ref)
    assert seen.values("author_id", "messages", "message_id") == {"m1": ref, "m2": "ana"}
    assert seen.values("deleted_by", "messages", "message_id") == {"m1": ref, "m2": "ana"}
    assert seen.values("actor_id", "ticket_events", "event_id") == {
        "1": ref,
        "2": "ana",
        "3": "ana",
    }
    assert seen.values("to_value", "ticket_events", "event_id") == {
        "1": None,
        "2": ref,
        "3": "open",
    }
    sessions = seen.values("session_ref", "self_service_events", "event_id")
    assert sessions["2"] == ref
    assert sessions["1"].split(":")[0] == ref
    assert "tab" not in sessions["1"]
    for table, column in (("tickets", "subject_hash"), ("messages", "body_hash")):
        assert HASH.match(seen.rows(table)[0][column])


def test_no_column_of_the_contract_names_a_buyer_unmarked() -> None:
    """Whoever adds a column that is called after a customer has to say how it is hashed."""
    for table in tables().values():
        for name in table.columns:
            if re.search(
                r"customer_ref|session_ref|buyer|email|phone|author|(body|subject|comment)_hash",
                name,
            ):
                assert name in table.personal or name == "author_role", (table.name, name)


def test_one_source_and_tenant_are_one_world_of_refs(folder: Path, look: Look) -> None:
    rows = [ticket("k1", customer_ref=PHONE), ticket("k2", customer_ref="0049 171 5550199")]
    rows += [
        ticket("k3", customer_ref=PHONE, source_system="shop"),
        ticket("k4", customer_ref="other"),
    ]
    _write(folder, "tickets", *rows)
    refs = look().values("customer_ref")
    assert refs["k1"] == refs["k2"]
    assert len(set(refs.values())) == 3


@given(
    st.text(string.ascii_letters + string.digits + "._+-", min_size=1, max_size=12),
    st.sampled_from(["example.org", "Mail.Example.COM"]),
    st.sampled_from(["{}", "  {} ", "mailto:{}", "Vera Falk <{}>", "<{}>"]),
)
def test_an_address_is_one_however_it_is_written(local: str, domain: str, form: str) -> None:
    address = f"{local}@{domain}"
    assert normal_identity(form.format(address)) == address.lower()
    assert normal_identity(normal_identity(address)) == normal_identity(address)


@given(st.from_regex(r"[1-9][0-9]{8,12}", fullmatch=True), st.data())
def test_a_phone_number_is_one_however_it_is_written(digits: str, data: st.DataObject) -> None:
    marks = data.draw(
        st.lists(
            st.sampled_from(["", "", " ", "-", ".", "/", " - "]),
            min_size=len(digits),
            max_size=len(digits),
        )
    )
    written = "".join(a + b for a, b in zip(digits, marks, strict=True))
    prefix = data.draw(st.sampled_from(["+", "00", "tel:+", " +"]))
    assert normal_identity(prefix + written) == f"+{digits}"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("171 555 0199", "1715550199"),
        ("(171) 5550199", "1715550199"),
        ("1715550199", "1715550199"),
        ("+49 (0)171 5550199", "+491715550199"),
        ("2024-0017-33", "2024-0017-33"),
        ("A-17", "A-17"),
        ("a-17", "a-17"),
        ("0000000012", "0000000012"),
        ("12 34", "12 34"),
        ("Buyer  One", "Buyer One"),
        ("a@b@c", "a@b@c"),
    ],
)
def test_other_ids_keep_what_may_tell_them_apart(text: str, normal: str) -> None:
    assert normal_identity(text) == normal


def test_a_look_writes_no_key(folder: Path, tmp_path: Path) -> None:
    _all(folder)
    settings = IngestionSettings(tmp_path / "home", AS_OF)
    assert LandingFolder(settings, folder, is_looking=True).news("tickets").rows is not None
    assert not (tmp_path / "home").exists()


def _as_an_earlier_release_left_it(folder: Path, load: Load, home: Path) -> None:
    """Store what the files say as it is, and take the marks away that this release leaves."""
    load()
    refs = {load_pseudonymiser(home).customer_ref("desk", ADDRESS.lower()): ADDRESS}
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("drop table raw_checks.privacy_steps")
        for table in tables().values():
            for column in table.personal:
                for ref, plain in refs.items():
                    connection.execute(
                        f'update {DATASET}."{table.name}" set "{column}" = replace("{column}", ?, ?),'
                        " row_hash = md5(row_hash)",
                        [ref, plain],
                    )
        connection.execute(
            "create table raw_checks.build_inputs as select 'rules' as name, 'as now' as fingerprint"
        )
        connection.execute(
            f"update {DATASET}.landing_files set fingerprint = 'of an earlier release'"
        )


def test_an_upgrade_leaves_nothing_plain_in_the_raw_tables(
    folder: Path, load: Load, tmp_path: Path
) -> None:
    _all(folder)
    home = tmp_path / "home"
    load()
    before = query(tmp_path, f"select * exclude (_dlt_load_id, row_hash) from {DATASET}.customers")
    _as_an_earlier_release_left_it(folder, load, home)
    assert len(_plain_in(home / "warehouse.duckdb")) >= 6
    assert holds_plain(home / "warehouse.duckdb")
    with pytest.raises(DeskhouseError, match="deskhouse run once"):
        drop_plain_versions(settings_of(home))
    (folder / "messages.jsonl").unlink()  # its rows stay, and nobody reads them anew
    load()
    assert not _plain_in(home / "warehouse.duckdb")
    assert needs_rewriting(home / "warehouse.duckdb")
    assert not holds_plain(home / "warehouse.duckdb")
    rewrite_where_wanted(home / "warehouse.duckdb")
    assert not needs_rewriting(home / "warehouse.duckdb")
    assert standing_in(home, ADDRESS, ADDRESS.lower(), ADDRESS.upper()) == {}
    drop_plain_versions(settings_of(home))
    ref = load_pseudonymiser(home).customer_ref("desk", ADDRESS.lower())
    gone = query(
        tmp_path, f"select author_id, deleted_by from {DATASET}.messages order by message_id"
    )
    assert gone == [(ref, ref), ("ana", "ana")]
    after = query(tmp_path, f"select * exclude (_dlt_load_id, row_hash) from {DATASET}.customers")
    assert after == before
    load()
    assert query(
        tmp_path, f"select count(*), count(distinct customer_ref) from {DATASET}.tickets"
    ) == [(1, 1)]


def test_a_file_that_is_gone_altogether_is_hashed_where_it_lies(
    folder: Path, load: Load, tmp_path: Path
) -> None:
    _all(folder)
    home = tmp_path / "home"
    _as_an_earlier_release_left_it(folder, load, home)
    kept = folder.parent / "kept"
    shutil.copytree(folder, kept)
    for path in folder.iterdir():
        path.unlink()
    load()
    assert not _plain_in(home / "warehouse.duckdb")
    # the facts are made anew, because the incremental ones would keep what they have
    assert query(tmp_path, "select fingerprint <> 'as now' from raw_checks.build_inputs") == [
        (True,)
    ]
    hashed = query(tmp_path, f"select customer_ref from {DATASET}.tickets")
    for path in kept.iterdir():
        shutil.copy(path, folder)
    load()  # when the same files come back nothing is there twice
    assert query(tmp_path, f"select customer_ref from {DATASET}.tickets") == hashed
    assert query(tmp_path, f"select count(*) from {DATASET}.customers") == [(1,)]
