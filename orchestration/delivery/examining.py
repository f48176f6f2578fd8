"""What ``deskhouse doctor`` and the page of the data say of messages: who is told, what failed, what nobody knows."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from ingestion.errors import DeskhouseError
from orchestration.delivery.episodes import picture_of
from orchestration.delivery.outbox import Outbox, open_outbox, outbox_path
from orchestration.delivery.passing import clock_of
from orchestration.delivery.planning import plan
from orchestration.delivery.reading import delivery_files, read_delivery
from orchestration.delivery.recipients import Delivery
from orchestration.delivery.records import Message
from orchestration.delivery.transport import AddressError, open_address
from orchestration.findings import Finding
from orchestration.settings import Settings

_NAMED = 5
_SUBJECT = "messages"


def delivery_findings(settings: Settings) -> Iterator[Finding]:
    """Everything about messages that somebody should know; no address and no name of a person is in it."""
    try:
        if not delivery_files(settings):
            yield Finding(_SUBJECT, "ok", "nobody is told (deskhouse alerts setup says how)")
            return
        delivery = read_delivery(settings)
    except DeskhouseError as error:
        yield Finding("recipients", "error", "cannot be used", str(error))
        return
    faults = list(_addresses(delivery))
    yield from faults
    if not outbox_path(settings.home).is_file():
        yield Finding(
            _SUBJECT, "ok", f"{len(delivery.recipients)} recipients, nothing was sent yet"
        )
        return
    with open_outbox(settings.home) as outbox:
        yield from _unknown(outbox)
        yield from _failing(outbox)
        for name, recipient, reason in outbox.reports.faults():
            yield Finding(
                "reports",
                "error",
                f"{name} for {recipient}",
                f"{reason} Then: deskhouse reports send {name}",
            )
        yield from _unheard(settings, delivery, outbox)
        since = clock_of(settings)() - timedelta(days=1)
        sent = outbox.in_state("sent")
        recent = sum(one.finished_at is not None and one.finished_at >= since for one in sent)
    yield Finding(
        _SUBJECT,
        "ok",
        f"{len(delivery.recipients)} recipients, {recent} messages sent within a day",
    )


def _addresses(delivery: Delivery) -> Iterator[Finding]:
    """Variables without an address, and addresses that cannot be used."""
    names = dict.fromkeys(name for one in delivery.recipients for name in one.url_envs)
    for name in names:
        url = os.environ.get(name, "").strip()
        if not url:
            yield Finding(
                "recipients",
                "error",
                f"{name} is not set",
                "put the address into .env or the environment of the schedules",
            )
            continue
        try:
            open_address(name, url)
        except AddressError as error:
            yield Finding("recipients", "error", f"{name} cannot be used", str(error))


def _unknown(outbox: Outbox) -> Iterator[Finding]:
    found = outbox.in_state("unknown")
    for message in found[-_NAMED:]:
        yield Finding(
            _SUBJECT,
            "warning",
            f"{_said(message)} may have arrived or not: {message.reason}",
            f"ask {message.recipient}, then deskhouse alerts resend {message.message_id[:8]}, or --forget it",
        )
    if len(found) > _NAMED:
        yield Finding(
            _SUBJECT, "warning", f"{len(found) - _NAMED} more may have arrived or not", ""
        )


def _failing(outbox: Outbox) -> Iterator[Finding]:
    waiting = [one for one in outbox.in_state("waiting") if one.attempts]
    for (variable, reason), count in sorted(
        Counter((one.variable, one.reason) for one in waiting).items()
    ):
        yield Finding(
            _SUBJECT,
            "warning",
            f"{count} for {variable} could not be sent: {reason}",
            "see that the receiver answers; they are tried again for two days",
        )
    given_up = outbox.in_state("given_up")
    for message in given_up[-_NAMED:]:
        yield Finding(
            _SUBJECT,
            "error",
            f"{_said(message)} was given up: {message.reason}",
            f"repair it, then deskhouse alerts resend {message.message_id[:8]}, or --forget it",
        )


def _unheard(settings: Settings, delivery: Delivery, outbox: Outbox) -> Iterator[Finding]:
    """Open alerts that concern nobody of the file."""
    try:
        now = clock_of(settings)()
        found = plan(delivery, picture_of(settings, delivery.stale_after, now), outbox, now)
    except DeskhouseError as error:
        yield Finding(_SUBJECT, "warning", "what is open cannot be looked at", str(error))
        return
    rules = Counter(one.rule_id for one in found.unheard)
    if rules:
        named = ", ".join(f"{rule} ({count})" for rule, count in sorted(rules.items()))
        yield Finding(
            "recipients",
            "warning",
            f"open alerts that reach nobody: {named}",
            "give somebody their role, team and severity in recipients.yml",
        )


def _said(message: Message) -> str:
    return f"{message.kind} message to {message.recipient} ({message.variable}) of {message.created_at:%Y-%m-%d %H:%M}"
