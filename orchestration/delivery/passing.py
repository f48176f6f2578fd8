"""One pass of the delivery: settle what a kill left, plan what is to be said, send what is due; no run fails by it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ingestion.errors import DeskhouseError
from orchestration.delivery.dispatching import Post, Sent, send_due
from orchestration.delivery.episodes import picture_of
from orchestration.delivery.outbox import FOLDER, Outbox, open_outbox
from orchestration.delivery.planning import Plan, plan
from orchestration.delivery.reading import delivery_files, read_delivery
from orchestration.delivery.recipients import Delivery
from orchestration.delivery.reports import due_reports, plan_reports, remove_strays
from orchestration.ledger.look_back import look_back_of
from orchestration.locks import held_file
from orchestration.lookups import log_lookup
from orchestration.settings import Settings

_LOCK = ".lock"
_LOCK_WAIT_SECONDS = 5


@dataclass
class Passed:
    """What a pass did; ``faults`` are sentences for whoever runs it."""

    planned: int = 0
    sent: Sent = field(default_factory=Sent)
    faults: list[str] = field(default_factory=list)
    is_idle: bool = False


def deliver(settings: Settings, post_letter: Post | None = None) -> Passed:
    """Tell whoever is to be told; nothing where no file says who, or in a look-back.

    Never raises for what can go wrong on the way: it is said in ``faults`` and by ``doctor``.
    """
    try:
        if not delivery_files(settings) or look_back_of(settings.home) is not None:
            return Passed(is_idle=True)
        return _deliver(settings, post_letter)
    except (DeskhouseError, OSError) as error:
        return Passed(faults=[f"nothing was delivered: {error}"])


def _deliver(settings: Settings, post_letter: Post | None) -> Passed:
    delivery = read_delivery(settings)
    clock = clock_of(settings)
    found = Passed()
    with delivery_lock(settings.home), open_outbox(settings.home) as outbox:
        lost = outbox.settle(clock())
        remove_strays(settings.home, outbox)
        if lost:
            found.faults.append(
                f"{len(lost)} messages were being sent when their process was killed: deskhouse doctor names them."
            )
        for part in (_say_alerts, _say_reports):
            try:
                found.planned += part(settings, delivery, outbox, clock())
            except (DeskhouseError, OSError) as error:
                # What waits in the outbox is sent all the same.
                found.faults.append(str(error))
        found.sent = send_due(outbox, delivery, settings.home, clock, post_letter)
    found.faults += found.sent.faults
    return found


def what_is_due(settings: Settings) -> bool:
    """Whether a pass would do anything; looks and writes nothing but an empty outbox."""
    try:
        if not delivery_files(settings):
            return False
        delivery, now = read_delivery(settings), clock_of(settings)()
        with open_outbox(settings.home) as outbox:
            is_new = any(outbox.reports.last_due(one.name) is None for one in delivery.reports)
            if is_new or outbox.due(now) or due_reports(delivery, outbox, now):
                return True
            found = plan(delivery, picture_of(settings, delivery.stale_after, now), outbox, now)
            return bool(found.drafts or found.dropped)
    except (DeskhouseError, OSError):
        # What is wrong is said by doctor and by the pass after a publication; a tick every ten minutes says nothing.
        return False


def _say_alerts(settings: Settings, delivery: Delivery, outbox: Outbox, now: datetime) -> int:
    planned = plan(delivery, picture_of(settings, delivery.stale_after, now), outbox, now)
    log_persons(settings.home, planned)
    outbox.drop(planned.dropped, "over or seen before it left", now)
    return outbox.add(planned.drafts, planned.told, now)


def _say_reports(settings: Settings, delivery: Delivery, outbox: Outbox, now: datetime) -> int:
    return plan_reports(settings, delivery, outbox, now)


def log_persons(home: Path, planned: Plan) -> None:
    """Write into the log of look-ups whom messages speak of, before they exist.

    Raises:
        LookupLogError: it cannot be written, so nothing is said.
    """
    for (recipient, tenant), keys in sorted(planned.persons.items()):
        log_lookup(home, f"alerts sent to {recipient}", keys, len(keys), [tenant])


def delivery_lock(home: Path) -> AbstractContextManager[None]:
    """Be the one delivery of a home for the block; who holds it finds what a dead one left ``sending``.

    Raises:
        WarehouseLockedError: another delivery is under way.
    """
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return held_file(folder / _LOCK, "deskhouse delivery", _LOCK_WAIT_SECONDS, lambda _: None)


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """The instant of the delivery: ``DESKHOUSE_AS_OF`` where the environment pins it, else the clock's.

    A run that judges at another instant (``--as-of``, a tick that came late) is told by the clock all the same: what it
    published may be too old to alarm anybody.
    """
    if settings.is_as_of_pinned and os.environ.get("DESKHOUSE_AS_OF"):
        return lambda: settings.as_of
    return lambda: datetime.now(UTC)
