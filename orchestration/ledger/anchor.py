"""The head of the ledger in publications and in the warehouse; :func:`write_head` is all that publishing calls."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import duckdb

from orchestration.ledger.keys import fingerprint_of, load_signer
from orchestration.ledger.link import Link, link_from
from orchestration.ledger.marks import PUBLICATION_FILE, Mark, write_into_publication

_TABLE = "raw_ledger.anchor"


def write_head(home: Path, folder: Path) -> None:
    """Write the signed head of a home's ledger into a publication that is being made; nothing while there is none.

    Args:
        home: ``DESKHOUSE_HOME``.
        folder: of the version, not yet visible to readers.

    Raises:
        LedgerError: the ledger does not verify.
    """
    from orchestration.ledger.chain import Ledger

    ledger = Ledger(home / "ledger")
    ledger.verify()
    links, signer = ledger.links, load_signer(ledger.keys)
    if links and links[-1].signature and signer is not None:
        write_into_publication(folder, links[-1], signer.public)


def read_head(folder: Path) -> tuple[Link, str] | None:
    """Head and name of its key as a publication states them, proved by the key that it brings; None without one.

    Raises:
        ValueError: it is damaged or not signed by that key.
    """
    path = folder / PUBLICATION_FILE
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    link, public = link_from(content["link"]), str(content["public_key"])
    if not link.is_signed_by(public):
        raise ValueError(f"{path} does not bear the signature of the key that it brings")
    return link, fingerprint_of(public)


def remember_in_warehouse(connection: duckdb.DuckDBPyConnection, links: Sequence[Link]) -> None:
    """Keep the head in the warehouse, within the caller's transaction."""
    connection.execute(
        f"create or replace table {_TABLE} (seq bigint, sha256 varchar, link varchar)"
    )
    if links and links[-1].signature:
        head = links[-1]
        connection.execute(
            f"insert into {_TABLE} values (?, ?, ?)",
            [head.seq, head.sha256, json.dumps(asdict(head))],
        )


def warehouse_marks(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> Iterator[Mark]:
    """The head that the warehouse remembers."""
    try:
        rows = connection.execute(f"select link from {_TABLE}").fetchall()
    except duckdb.CatalogException:
        return
    for (text,) in rows:
        try:
            yield Mark(warehouse, link_from(json.loads(text)))
        except ValueError as error:
            yield Mark(warehouse, None, f"{_TABLE} of {warehouse} is damaged ({error}).")
