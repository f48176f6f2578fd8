"""The outbox: every message is written down before it is sent, and what became of it after; it survives any kill.

A message is ``waiting``, ``sending`` (its intent is on the disk), then ``sent``; ``waiting`` again after a refusal,
with a later instant; ``unknown`` when it may have arrived (the process was killed, the line was cut): such a one is
never repeated by itself, ``doctor`` names it and ``deskhouse alerts resend`` repeats it under the same reference.
``given_up`` was refused for two days, ``closed`` is one of these that somebody has settled, ``dropped`` was overtaken
before it left.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from ingestion.errors import DeskhouseError
from orchestration.delivery.instants import from_text, to_text
from orchestration.delivery.kept_numbers import KeptNumbers
from orchestration.delivery.outbox_tables import OUTBOX_TABLES
from orchestration.delivery.records import Draft, Message, Told

FOLDER = "delivery"
FILE = "outbox.sqlite"
BACKOFF_MINUTES = (1, 5, 15, 60, 240, 720)
GIVE_UP_AFTER = timedelta(days=2)
KEPT = timedelta(days=400)
"""How long it is known what was told; texts are wiped as soon as a message has left."""


class OutboxError(DeskhouseError):
    """The outbox cannot be read or written; nothing was sent."""


def outbox_path(home: Path) -> Path:
    """Where the outbox of a home lies."""
    return home / FOLDER / FILE


class Outbox:
    """An open outbox; each method is one transaction that is on the disk when it returns."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.reports = KeptNumbers(connection)

    def add(self, drafts: Iterable[Draft], told: Iterable[Told], now: datetime) -> int:
        """Plan messages and remember of what they speak; one that is known already stays as it is.

        Returns:
            How many are new.
        """
        at = to_text(now)
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
                        *(one.alert_id, one.rule_id, int(one.is_digest), to_text(one.at)),
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
        return [
            Told(
                *(row[0], row[1], row[2], row[3], row[4], row[5]),
                *(bool(row[6]), from_text(row[7]), row[8]),
            )
            for row in rows
        ]

    def due(self, now: datetime) -> list[Message]:
        """Messages to be sent by now, the most urgent and then the earliest first."""
        return self._messages(
            "state = 'waiting' and next_at <= ? order by case severity when 'critical' then 0 else 1 end, "
            "created_at, rowid",
            (to_text(now),),
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
                    (to_text(now), message_id),
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
                (reason, to_text(now), message_id),
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
                (reason, to_text(now + timedelta(minutes=minutes)), message.message_id),
            )

    def drop(self, message_ids: Iterable[str], reason: str, now: datetime) -> None:
        """Take back messages that have not left."""
        with self._connection as connection:
            connection.executemany(
                "update messages set state = 'dropped', title = null, body = null, reason = ?, finished_at = ? "
                "where message_id = ? and state = 'waiting'",
                [(reason, to_text(now), one) for one in message_ids],
            )

    def again(self, message_id: str, now: datetime) -> bool:
        """Let a message be sent once more, under the same reference; False when its text is gone."""
        with self._connection as connection:
            return bool(
                connection.execute(
                    "update messages set state = 'waiting', next_at = ?, created_at = ?, reason = '' "
                    "where message_id = ? and state in ('unknown', 'given_up', 'waiting') and body is not null",
                    (to_text(now), to_text(now), message_id),
                ).rowcount
            )

    def close(self, message_id: str, now: datetime) -> bool:
        """Leave a message as it is, for good; its text is wiped. False when it has no such end."""
        with self._connection as connection:
            return bool(
                connection.execute(
                    "update messages set state = 'closed', title = null, body = null, finished_at = ? "
                    "where message_id = ? and state in ('unknown', 'given_up')",
                    (to_text(now), message_id),
                ).rowcount
            )

    def settle(self, now: datetime) -> list[str]:
        """Messages that a killed process was sending: whether they arrived nobody knows. The caller holds the lock."""
        with self._connection as connection:
            rows = connection.execute(
                "update messages set state = 'unknown', finished_at = ?, "
                "reason = 'the process was killed while it was sent' where state = 'sending' returning message_id",
                (to_text(now),),
            ).fetchall()
            connection.execute(
                "delete from told where message_id in "
                "(select message_id from messages where created_at < ? and state <> 'waiting')",
                (to_text(now - KEPT),),
            )
            connection.execute(
                "delete from messages where created_at < ? and state <> 'waiting'",
                (to_text(now - KEPT),),
            )
        return [row[0] for row in rows]

    def _finish(self, message_id: str, state: str, reason: str, now: datetime) -> None:
        wiped = ", title = null, body = null" if state == "sent" else ""
        with self._connection as connection:
            connection.execute(
                f"update messages set state = ?, reason = ?, finished_at = ?{wiped} where message_id = ?",
                (state, reason, to_text(now), message_id),
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
            connection.executescript(OUTBOX_TABLES)
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
        values[place] = from_text(str(values[place])) if values[place] else None
    return Message(*values)  # type: ignore[arg-type]
