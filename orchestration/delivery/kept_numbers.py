"""What reports showed before: for which instants they were made, and the numbers of each subject."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from orchestration.delivery.instants import from_text, to_text

REPORT_TABLES = """
create table if not exists report_runs (
    report text not null, subject text not null, due_at text not null, at text not null,
    primary key (report, due_at)
) strict;
create table if not exists report_numbers (
    report text not null, subject text not null, number text not null, value text not null, at text not null,
    primary key (report, subject, number)
) strict;
create table if not exists report_faults (
    report text not null, recipient text not null, reason text not null, at text not null,
    primary key (report, recipient)
) strict;
"""


class KeptNumbers:
    """Reports in the outbox."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def last_due(self, report: str) -> datetime | None:
        """The latest instant for which a report was made, or at which it was first seen; None for a new one."""
        found = self._connection.execute(
            "select max(due_at) from report_runs where report = ?", (report,)
        ).fetchone()
        return from_text(found[0]) if found[0] else None

    def last_made(self, report: str) -> datetime | None:
        """The latest instant for which a report was made by the clock; None when it never was."""
        found = self._connection.execute(
            "select max(due_at) from report_runs where report = ? and subject <> ''", (report,)
        ).fetchone()
        return from_text(found[0]) if found[0] else None

    def note_due(self, report: str, subject: str, due_at: datetime, now: datetime) -> None:
        """Remember that a report was made for an instant; an empty subject says that it was only seen."""
        with self._connection as connection:
            connection.execute(
                "insert or ignore into report_runs values (?, ?, ?, ?)",
                (report, subject, to_text(due_at), to_text(now)),
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
                [(report, subject, name, value, to_text(now)) for name, value in numbers.items()],
            )

    def note_fault(self, report: str, recipient: str, reason: str | None, now: datetime) -> None:
        """Remember why a report could not be made for somebody; None = it could."""
        with self._connection as connection:
            connection.execute(
                "delete from report_faults where report = ? and recipient = ?", (report, recipient)
            )
            if reason is not None:
                connection.execute(
                    "insert into report_faults values (?, ?, ?, ?)",
                    (report, recipient, reason, to_text(now)),
                )

    def faults(self) -> list[tuple[str, str, str]]:
        """Report, recipient and reason of what could not be made last."""
        return self._connection.execute(
            "select report, recipient, reason from report_faults order by report, recipient"
        ).fetchall()
