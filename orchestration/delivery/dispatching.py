"""From the outbox to the receivers: one attempt for each message that is due, within a bounded time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic

from orchestration.delivery.outbox import FOLDER, Outbox
from orchestration.delivery.recipients import Delivery
from orchestration.delivery.records import Message
from orchestration.delivery.transport import (
    AddressError,
    Letter,
    Receipt,
    is_mail,
    open_address,
    post,
)

BUDGET_SECONDS = 60.0
"""A pass begins no message later than this: a slow receiver must not hold up a run."""
Post = Callable[[str, Letter], Receipt]


@dataclass
class Sent:
    """What a pass did, as counts and sentences without addresses."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    left: int = 0
    faults: list[str] = field(default_factory=list)


def send_due(
    outbox: Outbox,
    delivery: Delivery,
    home: Path,
    clock: Callable[[], datetime],
    post_letter: Post | None = None,
) -> Sent:
    """Try every message that is due, once; what fails waits for a later pass. The caller holds the outbox's lock.

    Args:
        outbox: of the home.
        delivery: who is left alone now.
        home: ``DESKHOUSE_HOME``.
        clock: tells this instant (aware).
        post_letter: sends; the default does so by Apprise.
    """
    found = Sent()
    began = monotonic()
    silent: set[str] = set()
    for message in outbox.due(clock()):
        is_late = monotonic() - began > BUDGET_SECONDS
        if is_late or message.variable in silent or _is_quiet(delivery, message, clock()):
            found.left += 1
            continue
        receipt = _attempt(outbox, message, clock, post_letter or by_apprise)
        if receipt is None:
            continue
        if receipt.fate == "sent":
            found.sent += 1
            forget_files(home, message.message_id)
            continue
        # Whoever does not answer one message will hardly answer the next; it waits for a later pass.
        silent.add(message.variable)
        found.faults.append(f"{message.recipient} ({message.variable}): {receipt.reason}.")
        if receipt.fate == "failed":
            found.failed += 1
        else:
            found.unknown += 1
    return found


def _attempt(
    outbox: Outbox, message: Message, clock: Callable[[], datetime], post_letter: Post
) -> Receipt | None:
    if not outbox.begin(message.message_id, clock()):
        return None
    # Whoever gets a message twice sees that it is the same one, also where the way has no headers.
    body = f"{message.body or ''}\n\nRef. {message.message_id[:8]}"
    letter = Letter(
        *(message.title or "", body, message.severity, message.message_id),
        *(message.thread, message.attachments),
    )
    try:
        receipt = post_letter(message.variable, letter)
    except AddressError as error:
        receipt = Receipt("failed", str(error).rstrip("."))
    except Exception as error:
        # A receiver must never break a run, and what was written down must get an end; texts of foreign errors may
        # hold addresses, so only their kind is kept.
        receipt = Receipt("unknown", f"sending broke off ({type(error).__name__})")
    now = clock()
    match receipt.fate:
        case "sent":
            outbox.sent(message.message_id, now)
        case "failed":
            outbox.refused(message, receipt.reason, now)
        case _:
            outbox.unknowable(message.message_id, receipt.reason, now)
    return receipt


def by_apprise(variable: str, letter: Letter) -> Receipt:
    """Send a letter to the address that a variable holds at this moment.

    Raises:
        AddressError: the variable is not set or Apprise cannot use it.
    """
    url = os.environ.get(variable, "").strip()
    if not url:
        raise AddressError(
            f"{variable} is not set: put the address into .env or the environment of the schedules"
        )
    service = open_address(variable, url)
    missing = [path for path in letter.attachments if not path.is_file()]
    if missing:
        return Receipt("failed", f"its file {missing[0].name} is gone")
    if letter.attachments and not is_mail(service):
        letter = Letter(letter.title, letter.body, letter.severity, letter.reference, letter.thread)
    return post(service, letter)


def files_dir(home: Path, reference: str) -> Path:
    """Folder of the files of a message, until it has left."""
    return home / FOLDER / "files" / reference


def forget_files(home: Path, reference: str) -> None:
    """Remove the files of a message that has left."""
    shutil.rmtree(files_dir(home, reference), ignore_errors=True)


def _is_quiet(delivery: Delivery, message: Message, now: datetime) -> bool:
    recipient = delivery.recipient(message.recipient)
    if recipient is None or recipient.quiet is None or message.severity == "critical":
        return False
    return recipient.quiet.holds(now, recipient.zone)
