"""The outbox: every message is written down before it is sent, and what became of it after; SQLite, killed at any instant.

A message is ``waiting``, ``sending`` (its intent is on the disk), then ``sent``; ``waiting`` again after a refusal, with
a later instant; ``unknown`` when it may have arrived (the process was killed, the line was cut): such a one is never
repeated by itself, ``doctor`` names it and ``deskhouse alerts resend`` repeats it under the same reference. ``given_up``
was refused for two days, ``dropped`` was overtaken before it left.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingestion.errors import DeskhouseError

FOLDER = "delivery"
FILE = "outbox.sqlite"
_SCHEMA = """
create table if not exists messages (
    message_id text primary key, kind text not null, tenant_id text not null, subject text not null,
    recipient text not null, variable text not null, severity text not null, title text, body text,
    attachments text not null, thread text not null, state text not null, attempts integer not null,
    created_at text not null, next_at text not null, started_at text, finished_at text, reason text not null
) strict;
create table if not exists told (
    recipient text not null, kind text not null, episode text not null, message_id text not null,
    tenant_id text not null, alert_id text not null, rule_id text not null, is_digest integer not null,
    at text not null, primary key (recipient, kind, episode, message_id)
) strict;
create table if not exists report_runs (
    report text not null, subject text not null, due_at text not null, at text not null,
    primary key (report, due_at)
) strict;
create table if not exists report_numbers (
    report text not null, subject text not null, number text not null, value text not null, at text not null,
    primary key (report, subject, number)
) strict;
create index if not exists told_by_episode on told (episode);
create index if not exists messages_by_state on messages (state, next_at);
"""
BACKOFF_MINUTES = (1, 5, 15, 60, 240, 720)
GIVE_UP_AFTER = timedelta(days=2)
KEPT = timedelta(days=400)
"""How long it is known what was told; texts are wiped as soon as a message has left."""


class OutboxError(DeskhouseError):
    """The outbox cannot be read or written; nothing was sent."""


@dataclass(frozen=True)
class Told:
    """An episode that a message speaks of; ``kind`` is ``open``, ``ended`` or ``escalated``."""

    recipient: str
    kind: str
    episode: str
    tenant_id: str
    alert_id: str
    rule_id: str
    is_digest: bool
    at: datetime
    message_id: str = ""


@dataclass(frozen=True)
class Draft:
    """A message for one recipient by one way; ``subject`` tells it from all others of its recipient."""

    kind: str
    tenant_id: str
    subject: str
    recipient: str
    variable: str
    severity: str
    title: str
    body: str
    thread: str = ""
    attachments: tuple[Path, ...] = ()

    @property
    def message_id(self) -> str:
        """The same for the same message, however often it is planned."""
        parts = (self.kind, self.tenant_id, self.subject, self.recipient, self.variable)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Message:
    """A message as the outbox holds it; title and body are gone once it has left."""

    message_id: str
    kind: str
    tenant_id: str
    subject: str
    recipient: str
    variable: str
    severity: str
    title: str | None
    body: str | None
    attachments: tuple[Path, ...]
    thread: str
    state: str
    attempts: int
    created_at: datetime
    next_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    reason: str


def outbox_path(home: Path) -> Path:
    """Where the outbox of a home lies."""
    return home / FOLDER / FILE


class Outbox:
    """An open outbox; each method is one transaction that is on the disk when it returns."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, drafts: Iterable[Draft], told: Iterable[Told], now: datetime) -> int:
        """Plan messages and remember of what they speak; one that is known already stays as it is.

        Returns:
            How many are new.
        """
        at = _written(now)
        count = 0
        with self._connection as connection:
            for draft in drafts:
                files = json.dumps([str(path) for path in draft.attachments])
                count += connection.execute(
                    "insert or ignore into messages values "
                    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0, ?, ?, null, null, '')",
                    (
                        *(draft.message_id, draft.kind, draft.tenant_id, draft.subject),
                        *(draft.recipient, draft.variable, draft.severity, draft.title),
                        *(draft.body, files, draft.thread, at, at),
                    ),
                ).rowcount
            connection.executemany(
                "insert or ignore into told values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        *(one.recipient, one.kind, one.episode, one.message_id, one.tenant_id),
                        *(one.alert_id, one.rule_id, int(one.is_digest), _written(one.at)),
                    )
                    for one in told
                ],
            )
        return count

    def told(self) -> list[Told]:
        """Everything that was told or is about to be, the earliest first; what was dropped was not."""
        rows = self._connection.execute(
            "select told.recipient, told.kind, told.episode, told.tenant_id, told.alert_id, told.rule_id, "
            "told.is_digest, told.at, told.message_id from told "
            "inner join messages on told.message_id = messages.message_id where messages.state <> 'dropped' "
            "order by told.at, told.rowid"
        )
        return [Told(*row[:6], bool(row[6]), _read(row[7]), row[8]) for row in rows]

    def due(self, now: datetime) -> list[Message]:
        """Messages to be sent by now, the most urgent and then the earliest first."""
        return self._messages(
            "state = 'waiting' and next_at <= ? order by case severity when 'critical' then 0 else 1 end, "
            "created_at, rowid",
            (_written(now),),
        )

    def in_state(self, *states: str) -> list[Message]:
        """Messages in some states, the earliest first."""
        marks = ", ".join("?" for _ in states)
        return self._messages(f"state in ({marks}) order by created_at, rowid", states)

    def find(self, beginning: str) -> list[Message]:
        """Messages whose reference begins so."""
        return self._messages("substr(message_id, 1, ?) = ?", (len(beginning), beginning))

    def begin(self, message_id: str, now: datetime) -> bool:
        """Write down that a message is about to be sent; False when it is not waiting any more."""
        with self._connection as connection:
            return bool(
                connection.execute(
                    "update messages set state = 'sending', started_at = ?, attempts = attempts + 1 "
                    "where message_id = ? and state = 'waiting'",
                    (_written(now), message_id),
                ).rowcount
            )

    def sent(self, message_id: str, now: datetime) -> None:
        """Write down that a message arrived; its text is wiped."""
        self._finish(message_id, "sent", "", now)

    def unknowable(self, message_id: str, reason: str, now: datetime) -> None:
        """Write down that nobody can know whether a message arrived."""
        with self._connection as connection:
            connection.execute(
                "update messages set state = 'unknown', reason = ?, finished_at = ? where message_id = ?",
                (reason, _written(now), message_id),
            )

    def refused(self, message: Message, reason: str, now: datetime) -> None:
        """Write down that a message surely did not arrive; it waits longer each time, then it is given up."""
        if now - message.created_at >= GIVE_UP_AFTER:
            self._finish(message.message_id, "given_up", reason, now)
            return
        minutes = BACKOFF_MINUTES[min(message.attempts, len(BACKOFF_MINUTES) - 1)]
        with self._connection as connection:
            connection.execute(
                "update messages set state = 'waiting', reason = ?, next_at = ? where message_id = ?",
                (reason, _written(now + timedelta(minutes=minutes)), message.message_id),
            )

    def drop(self, message_ids: Iterable[str], reason: str, now: datetime) -> None:
        """Take back messages that have not left."""
        with self._connection as connection:
            connection.executemany(
                "update messages set state = 'dropped', title = null, body = null, reason = ?, finished_at = ? "
                "where message_id = ? and state = 'waiting'",
                [(reason, _written(now), one) for one in message_ids],
            )

    def again(self, message_id: str, now: datetime) -> bool:
        """Let a message be sent once more, under the same reference; False when its text is gone."""
        with self._connection as connection:
            return bool(
                connection.execute(
                    "update messages set state = 'waiting', next_at = ?, created_at = ?, reason = '' "
                    "where message_id = ? and state in ('unknown', 'given_up', 'waiting') and body is not null",
                    (_written(now), _written(now), message_id),
                ).rowcount
            )

    def settle(self, now: datetime) -> list[str]:
        """Messages that a killed process was sending: whether they arrived nobody knows. The caller holds the lock."""
        with self._connection as connection:
            rows = connection.execute(
                "update messages set state = 'unknown', finished_at = ?, "
                "reason = 'the process was killed while it was sent' where state = 'sending' returning message_id",
                (_written(now),),
            ).fetchall()
            connection.execute(
                "delete from told where message_id in "
                "(select message_id from messages where created_at < ? and state <> 'waiting')",
                (_written(now - KEPT),),
            )
            connection.execute(
                "delete from messages where created_at < ? and state <> 'waiting'",
                (_written(now - KEPT),),
            )
        return [row[0] for row in rows]

    def last_due(self, report: str) -> datetime | None:
        """The latest instant for which a report was made, or at which it was first seen; None for a new one."""
        found = self._connection.execute(
            "select max(due_at) from report_runs where report = ?", (report,)
        ).fetchone()
        return _read(found[0]) if found[0] else None

    def note_due(self, report: str, subject: str, due_at: datetime, now: datetime) -> None:
        """Remember that a report was made for an instant; an empty subject says that it was only seen."""
        with self._connection as connection:
            connection.execute(
                "insert or ignore into report_runs values (?, ?, ?, ?)",
                (report, subject, _written(due_at), _written(now)),
            )

    def numbers(self, report: str, subject: str) -> dict[str, str]:
        """The numbers that a report showed last of a subject; empty the first time."""
        rows = self._connection.execute(
            "select number, value from report_numbers where report = ? and subject = ?",
            (report, subject),
        )
        return dict(rows.fetchall())

    def keep_numbers(
        self, report: str, subject: str, numbers: dict[str, str], now: datetime
    ) -> None:
        """Remember the numbers that a report shows of a subject, instead of those before."""
        with self._connection as connection:
            connection.execute(
                "delete from report_numbers where report = ? and subject = ?", (report, subject)
            )
            connection.executemany(
                "insert into report_numbers values (?, ?, ?, ?, ?)",
                [(report, subject, name, value, _written(now)) for name, value in numbers.items()],
            )

    def _finish(self, message_id: str, state: str, reason: str, now: datetime) -> None:
        wiped = ", title = null, body = null" if state == "sent" else ""
        with self._connection as connection:
            connection.execute(
                f"update messages set state = ?, reason = ?, finished_at = ?{wiped} where message_id = ?",
                (state, reason, _written(now), message_id),
            )

    def _messages(self, condition: str, values: Sequence[object]) -> list[Message]:
        rows = self._connection.execute(
            "select message_id, kind, tenant_id, subject, recipient, variable, severity, title, body, attachments, "
            "thread, state, attempts, created_at, next_at, started_at, finished_at, reason "
            f"from messages where {condition}",
            tuple(values),
        )
        return [_message(row) for row in rows]


@contextmanager
def open_outbox(home: Path) -> Iterator[Outbox]:
    """The outbox of a home for the block; it is made when there is none.

    Raises:
        OutboxError: it is damaged or cannot be written.
    """
    path = outbox_path(home)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=10)
        try:
            path.chmod(0o600)
            connection.execute("pragma journal_mode = wal")
            # A commit is on the disk before the message leaves: otherwise a power cut would send it again.
            connection.execute("pragma synchronous = full")
            connection.execute("pragma secure_delete = on")
            connection.executescript(_SCHEMA)
            yield Outbox(connection)
        finally:
            connection.close()
    except (sqlite3.Error, OSError) as error:
        raise OutboxError(
            f"The outbox {path} cannot be used ({error}): free space and make it writable; if it is damaged, move it "
            "away, then what is open is told anew."
        ) from error


def _message(row: Sequence[object]) -> Message:
    values = list(row)
    values[9] = tuple(Path(name) for name in json.loads(str(values[9])))
    for place in (13, 14, 15, 16):
        values[place] = _read(str(values[place])) if values[place] else None
    return Message(*values)  # type: ignore[arg-type]


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _read(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
