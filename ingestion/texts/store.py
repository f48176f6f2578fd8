"""The store of texts: one SQLite file in ``DESKHOUSE_HOME/texts``, a row a message, its text encrypted.

SQLite, because a deletion must remove bytes (``secure_delete`` overwrites them) and a look-up may read while a pull
writes: DuckDB leaves deleted values in unused blocks and opens a file that is written for one process alone. Beside the
text stand tenant, system, ticket, message, role of the author, instants and the buyer's keyed hash: what retention,
``forget`` and a look-up need without the key. The encrypted content repeats whose text it is, so a moved row shows.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet

from ingestion.errors import DamagedFileError
from ingestion.texts.faults import damage, make_closed, sentences, wrong_key
from ingestion.texts.message import Identity, Message, Ticket

FOLDER = "texts"
STORE_FILE = "texts.sqlite"
_CHECK = b"deskhouse texts"
_WAIT_SECONDS = 30.0
_TABLES = (
    "create table about (name text primary key, value blob not null)",
    """
    create table texts (
        tenant_id text not null, source_system text not null, message_id text not null, ticket_id text not null,
        author_role text not null, sent_at text not null, buyer_ref text, key_version integer not null,
        stored_at text not null, content blob not null,
        primary key (tenant_id, source_system, message_id)
    )
    """,
    "create index texts_of_ticket on texts (tenant_id, source_system, ticket_id)",
)
_IS_MESSAGE = "tenant_id = ? and source_system = ? and message_id = ?"
Change = tuple[Identity, Message | None, str]
"""A message and its text; without a message the text of that identity is removed."""


def store_file(home: Path) -> Path:
    """Where the texts of a home lie."""
    return home / FOLDER / STORE_FILE


def has_store(home: Path) -> bool:
    """Whether anything was ever stored; an empty file is what a killed first run left."""
    path = store_file(home)
    return path.is_file() and path.stat().st_size > 0


def remove_store(home: Path) -> bool:
    """Remove the store with its folder; returns whether there was one."""
    folder = home / FOLDER
    if not folder.is_dir():
        return False
    shutil.rmtree(folder)
    return True


class TextStore:
    """An open store. Every method is one transaction: done on the disk when it returns, or not at all."""

    def __init__(self, home: Path, cipher: MultiFernet | None = None) -> None:
        """Open the store; with a cipher it is made where there is none.

        Raises:
            TextKeyError: the cipher is not the one of the stored texts.
            DamagedFileError: the file is no such store any more.
        """
        self._path = store_file(home)
        self._cipher = cipher
        if cipher is not None:
            make_closed(self._path)
        with sentences(self._path):
            self._connection = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode=rw", uri=True, timeout=_WAIT_SECONDS
            )
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> TextStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, changes: Sequence[Change], key_version: int, now: str) -> None:
        """Store and remove texts in order; one that is stored already is replaced if it reads otherwise now.

        Args:
            changes: of messages, the newest version of a message last.
            key_version: number of privacy keys behind the buyers' references.
            now: instant of the run.
        """
        with self._transaction() as connection:
            for identity, message, text in changes:
                if message is None:
                    connection.execute(f"delete from texts where {_IS_MESSAGE}", identity)
                elif not self._holds(message, text):
                    connection.execute(
                        "insert or replace into texts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (
                            *identity,
                            *_head(message),
                            key_version,
                            now,
                            self._sealed(identity, message.ticket_id, text),
                        ),
                    )

    def texts_of(self, messages: Iterable[Identity]) -> dict[Identity, str]:
        """The kept texts among these messages.

        Raises:
            DamagedFileError: a text is not as it was stored.
        """
        found: dict[Identity, str] = {}
        with sentences(self._path):
            for identity in messages:
                row = self._row_of(identity)
                if row is not None:
                    found[identity] = self._text(identity, row)
        return found

    def drop_tickets(self, tickets: Iterable[Ticket]) -> int:
        """Remove all texts of tickets; returns how many there were."""
        return self._deleted("tenant_id = ? and source_system = ? and ticket_id = ?", tickets)

    def drop_before(self, instant: str) -> int:
        """Remove what was sent before an instant; returns how much that was."""
        return self._deleted("sent_at < ?", [(instant,)])

    def drop_roles_other_than(self, roles: Iterable[str]) -> int:
        """Remove texts of authors whose texts are no longer kept; returns how many."""
        kept = json.dumps(sorted(roles))
        return self._deleted("author_role not in (select value from json_each(?))", [(kept,)])

    def tickets(self) -> set[Ticket]:
        """Tickets of which a text is kept."""
        query = "select distinct tenant_id, source_system, ticket_id from texts"
        return set(self.rows_of(query))

    def tickets_of_buyers(self, is_wanted: Callable[[str, int], bool]) -> set[Ticket]:
        """Tickets in which somebody wrote whose reference (with its number of keys) is wanted."""
        query = (
            "select distinct tenant_id, source_system, ticket_id, buyer_ref, key_version from texts "
            "where buyer_ref is not null"
        )
        return {row[:3] for row in self.rows_of(query) if is_wanted(row[3], row[4])}

    def relabel(self, refs: Iterable[str], role: str, tenant_id: str, system: str) -> None:
        """Give authors, stored as customers, another role: of the house, so their reference is no buyer's."""
        with self._transaction() as connection:
            connection.execute(
                "update texts set author_role = ?, buyer_ref = null where tenant_id = ? and source_system = ? "
                "and author_role = 'customer' and buyer_ref in (select value from json_each(?))",
                (role, tenant_id, system, json.dumps(sorted(refs))),
            )

    def follow_keys(self, version: int, followed: Callable[[str, int], str]) -> None:
        """Bring buyers' references to today's chain of privacy keys."""
        query = "select distinct buyer_ref, key_version from texts where key_version < ?"
        with self._transaction() as connection:
            for ref, old in connection.execute(query, (version,)).fetchall():
                connection.execute(
                    "update texts set buyer_ref = ?, key_version = ? where buyer_ref is ? and key_version = ?",
                    (followed(ref, old) if ref else None, version, ref, old),
                )

    def counts(self) -> list[tuple[str, int, str]]:
        """Role, number of texts and when the oldest was sent."""
        return self.rows_of(
            "select author_role, count(*), min(sent_at) from texts group by 1 order by 1"
        )

    def encrypt_anew(self, cipher: MultiFernet) -> int:
        """Encrypt every text with the newest secret of a cipher that reads all of them; returns how many."""
        with self._transaction() as connection:
            rows = connection.execute("select rowid, content from texts").fetchall()
            for row_id, content in rows:
                try:
                    fresh = cipher.rotate(content)
                except InvalidToken as error:
                    raise self._damaged("a text cannot be decrypted") from error
                connection.execute("update texts set content = ? where rowid = ?", (fresh, row_id))
            connection.execute(
                "update about set value = ? where name = 'check'", (cipher.encrypt(_CHECK),)
            )
        self._cipher = cipher
        return len(rows)

    def _prepare(self) -> None:
        with sentences(self._path):
            self._connection.execute("pragma secure_delete = on")
            self._connection.execute("pragma synchronous = full")
            if self._cipher is None:
                self._connection.execute("select count(*) from texts").fetchall()
                return
            if not self.rows_of("select 1 from sqlite_master where name = 'about'"):
                self._create(self._cipher)
            ((check,),) = self.rows_of("select value from about where name = 'check'")
        try:
            is_ours = self._cipher.decrypt(check) == _CHECK
        except InvalidToken:
            is_ours = False
        if not is_ours:
            raise wrong_key(self._path)

    def _create(self, cipher: MultiFernet) -> None:
        """Tables and the proof of the key, in one transaction."""
        self._connection.execute("pragma auto_vacuum = full")
        self._connection.execute("begin immediate")
        with self._connection:
            for statement in _TABLES:
                self._connection.execute(statement)
            check = cipher.encrypt(_CHECK)
            self._connection.execute("insert into about values ('check', ?)", (check,))

    def _sealed(self, identity: Identity, ticket_id: str, text: str) -> bytes:
        if self._cipher is None:
            raise ValueError("the store was opened without a key")
        content = json.dumps([*identity, ticket_id, text], ensure_ascii=False)
        return self._cipher.encrypt(content.encode("utf-8", "surrogatepass"))

    def _text(self, identity: Identity, row: tuple[Any, ...]) -> str:
        if self._cipher is None:
            raise ValueError("the store was opened without a key")
        try:
            opened = self._cipher.decrypt(row[4]).decode("utf-8", "surrogatepass")
        except (InvalidToken, TypeError) as error:
            raise self._damaged(f"the text of message {identity[2]} was changed") from error
        *whose, text = json.loads(opened)
        if whose != [*identity, row[0]]:
            raise self._damaged(f"the text of message {identity[2]} is another message's")
        return str(text)

    def _holds(self, message: Message, text: str) -> bool:
        """Whether this very text is stored already."""
        known = self._row_of(message.identity)
        if known is None or known[:4] != _head(message):
            return False
        return self._text(message.identity, known) == text

    def _row_of(self, identity: Identity) -> tuple[Any, ...] | None:
        found = self.rows_of(
            f"select ticket_id, author_role, sent_at, buyer_ref, content from texts where {_IS_MESSAGE}",
            identity,
        )
        return found[0] if found else None

    def rows_of(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a query; contents in them are encrypted."""
        with sentences(self._path):
            return self._connection.execute(query, values).fetchall()

    def _deleted(self, condition: str, values: Iterable[Sequence[Any]]) -> int:
        with self._transaction() as connection:
            statement = f"delete from texts where {condition}"
            return sum(connection.execute(statement, each).rowcount for each in values)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with sentences(self._path), self._connection as connection:
            yield connection

    def _damaged(self, what: str) -> DamagedFileError:
        return damage(self._path, what)


def _head(message: Message) -> tuple[str, str, str, str | None]:
    return message.ticket_id, message.author_role, message.sent_at, message.buyer_ref
