"""How deliveries stand, for whoever looks at the data: what waits, what failed and why, which reports come next.

Addresses, texts and titles of messages are in none of it; a reason is in our own words. Looking changes nothing: the
outbox is opened for reading, and none is made where there is none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from ingestion.errors import DeskhouseError
from orchestration.delivery.outbox import Outbox, outbox_path
from orchestration.delivery.passing import clock_of
from orchestration.delivery.reading import delivery_files, read_delivery
from orchestration.delivery.recipients import Delivery, Report
from orchestration.delivery.records import Message
from orchestration.delivery.ticks import next_tick
from orchestration.settings import Settings

RECENT = timedelta(days=7)
_TROUBLED = ("unknown", "given_up")


@dataclass(frozen=True)
class Scheduled:
    """A report that is sent by the clock; instants aware, ``last`` None where it was never made."""

    name: str
    what: str
    to: tuple[str, ...]
    last: datetime | None
    next: datetime


@dataclass(frozen=True)
class Standing:
    """How deliveries stand.

    Attributes:
        is_set_up: a file says who is told what.
        problem: why the files or the outbox cannot be read; empty where they can.
        recipients: how many there are.
        waiting: messages that have not left, the earliest first.
        failing: those of them that were refused before, and those that were given up or of which nobody knows.
        sent: messages that left within :data:`RECENT`.
        last_sent_at: instant (aware) of the latest that left; None where none did.
        reports: by the clock, the next one first.
        faults: report, recipient and reason of each report that could not be made.
    """

    is_set_up: bool
    problem: str = ""
    recipients: int = 0
    waiting: list[Message] = field(default_factory=list)
    failing: list[Message] = field(default_factory=list)
    sent: int = 0
    last_sent_at: datetime | None = None
    reports: list[Scheduled] = field(default_factory=list)
    faults: list[tuple[str, str, str]] = field(default_factory=list)


def delivery_standing(settings: Settings) -> Standing:
    """How the deliveries of a home stand now; what cannot be read is said in ``problem`` and never raised."""
    try:
        if not delivery_files(settings):
            return Standing(is_set_up=False)
        delivery = read_delivery(settings)
        return _standing(settings, delivery)
    except DeskhouseError as error:
        return Standing(is_set_up=True, problem=str(error))
    except sqlite3.Error as error:
        said = f"The outbox {outbox_path(settings.home)} cannot be read ({error}): see deskhouse doctor."
        return Standing(is_set_up=True, problem=said)


def _standing(settings: Settings, delivery: Delivery) -> Standing:
    now = clock_of(settings)()
    path = outbox_path(settings.home)
    if not path.is_file():
        reports = [_scheduled(report, None, now) for report in delivery.reports]
        return Standing(True, recipients=len(delivery.recipients), reports=_by_next(reports))
    with closing(_reading(path)) as connection:
        outbox = Outbox(connection)
        waiting = outbox.in_state("waiting", "sending")
        left = [one.finished_at for one in outbox.in_state("sent") if one.finished_at is not None]
        made = [(report, outbox.reports.last_made(report.name)) for report in delivery.reports]
        return Standing(
            is_set_up=True,
            recipients=len(delivery.recipients),
            waiting=waiting,
            failing=list(_failing(waiting, outbox)),
            sent=sum(at >= now - RECENT for at in left),
            last_sent_at=max(left, default=None),
            reports=_by_next(_scheduled(report, last, now) for report, last in made),
            faults=outbox.reports.faults(),
        )


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)


def _failing(waiting: list[Message], outbox: Outbox) -> Iterator[Message]:
    yield from (one for one in waiting if one.reason)
    yield from outbox.in_state(*_TROUBLED)


def _scheduled(report: Report, last: datetime | None, now: datetime) -> Scheduled:
    return Scheduled(report.name, report.what, report.to, last, next_tick(report, now))


def _by_next(reports: Iterator[Scheduled] | list[Scheduled]) -> list[Scheduled]:
    return sorted(reports, key=lambda one: (one.next, one.name))
