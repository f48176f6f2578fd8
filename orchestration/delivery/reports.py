"""Reports by the clock: which are due, made once for each instant, told with what changed since the one before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from ingestion.errors import DeskhouseError
from orchestration.delivery.dispatching import files_dir
from orchestration.delivery.makers import Made, Maker, Order, maker_of, makers
from orchestration.delivery.numbers import SHOWN, in_words, moved, numbers_of
from orchestration.delivery.outbox import FOLDER, Outbox
from orchestration.delivery.places import one_line
from orchestration.delivery.recipients import Delivery, Recipient, Report
from orchestration.delivery.records import Draft
from orchestration.delivery.ticks import last_tick, month_of
from orchestration.delivery.wording import DOMAIN
from orchestration.presenting.languages import Language, language
from orchestration.presenting.publication import publication
from orchestration.settings import Settings
from orchestration.tenants import shown_tenants

_FORMAT = "%Y%m%dT%H%M%SZ"
_TRIED_AGAIN = timedelta(hours=3)


class ReportError(DeskhouseError):
    """A report could not be made; the others were."""


def due_reports(delivery: Delivery, outbox: Outbox, now: datetime) -> list[tuple[Report, datetime]]:
    """Reports with the instant for which they are due and not made; new ones (never seen) are not due yet."""
    found = []
    for report in delivery.reports:
        known = outbox.reports.last_due(report.name)
        tick = last_tick(report, now)
        if known is not None and tick > known:
            found.append((report, tick))
    return found


def plan_reports(settings: Settings, delivery: Delivery, outbox: Outbox, now: datetime) -> int:
    """Make the reports that are due and put them into the outbox; returns how many messages that are.

    A new report begins with its next instant; of instants that were missed only the latest counts. What could not be
    made is tried again for some hours, then by the next instant.

    Raises:
        ReportError: some could not be made.
    """
    count, faults = 0, []
    for report in delivery.reports:
        if outbox.reports.last_due(report.name) is None:
            outbox.reports.note_due(report.name, "", now, now)
    for report, tick in due_reports(delivery, outbox, now):
        new, broken = send_report(settings, delivery, outbox, report, tick, now)
        count += new
        faults += broken
        if not broken or now - tick > _TRIED_AGAIN:
            outbox.reports.note_due(report.name, f"{month_of(report, now):%Y-%m}", tick, now)
    if faults:
        raise ReportError(" ".join(faults))
    return count


def send_report(
    settings: Settings,
    delivery: Delivery,
    outbox: Outbox,
    report: Report,
    due_at: datetime,
    now: datetime,
    known: Mapping[str, Maker] | None = None,
) -> tuple[int, list[str]]:
    """Make a report for each of its recipients and put it into the outbox.

    Args:
        settings: of this pass.
        delivery: who the recipients are.
        outbox: of the home.
        report: what is made.
        due_at: instant for which; the same one twice is one report.
        now: this instant (aware).
        known: makers by kind; default those of this version.

    Returns:
        The number of new messages, and a sentence for each recipient for whom it could not be made.
    """
    known = makers() if known is None else known
    count, faults = 0, []
    kept: dict[str, dict[str, str]] = {}
    for recipient, bare in _wanting(outbox, delivery, report, due_at):
        name = recipient.name
        try:
            drafts, numbers = _made(settings, outbox, report, recipient, bare, now, known)
        except (DeskhouseError, OSError) as error:
            outbox.reports.note_fault(report.name, name, str(error), now)
            faults.append(f"Report {report.name} could not be made for {name}: {error}")
            continue
        count += outbox.add(drafts, [], now)
        outbox.reports.note_fault(report.name, name, None, now)
        kept |= numbers
    for key, values in kept.items():
        outbox.reports.keep_numbers(key, f"{month_of(report, now):%Y-%m}", values, now)
    return count, faults


def _wanting(
    outbox: Outbox, delivery: Delivery, report: Report, due_at: datetime
) -> Iterator[tuple[Recipient, list[Draft]]]:
    """Recipients who have not got a report for an instant yet, with their messages, still without text."""
    for name in report.to:
        recipient = delivery.recipient(name)
        bare = [] if recipient is None else _bare(report, recipient, due_at)
        if recipient is not None and not all(outbox.find(one.message_id) for one in bare):
            yield recipient, bare


def _bare(report: Report, recipient: Recipient, due_at: datetime) -> list[Draft]:
    """The messages of a report without their text, one for each way of the recipient."""
    subject = f"{report.name}@{due_at:{_FORMAT}}"
    return [
        Draft("report", "*", subject, recipient.name, variable, "info", "", "", report.name)
        for variable in recipient.url_envs
    ]


def _made(
    settings: Settings,
    outbox: Outbox,
    report: Report,
    recipient: Recipient,
    bare: list[Draft],
    now: datetime,
    known: Mapping[str, Maker],
) -> tuple[list[Draft], dict[str, dict[str, str]]]:
    """Messages with text and files, each with copies of its own, and the numbers that they show."""
    make = maker_of(report, known)
    published = publication(settings)
    rows = published.rows("select distinct tenant_id from governance_review.kpi_monthly order by 1")
    everybody = [row["tenant_id"] for row in rows]
    shown_tenants(everybody, report.tenant_id)
    mine = _tenants(report, recipient, everybody)
    month = month_of(report, now)
    code = report.language or recipient.language
    with TemporaryDirectory(dir=_folder(settings.home)) as folder:
        made = make(Order(settings, report, recipient, code, month, mine, Path(folder)))
        key = "\0".join((report.name, *mine))
        numbers = numbers_of(published, report, mine, month)
        before = outbox.reports.numbers(key, f"{month:%Y-%m}")
        own = language(code, DOMAIN)
        title, body = _title(report, month, own), _body(report, made, month, before, numbers, own)
        drafts = [
            replace(one, title=title, body=body, attachments=_copied(settings.home, one, made))
            for one in bare
        ]
    return drafts, {key: numbers}


def _folder(home: Path) -> Path:
    folder = home / FOLDER / "files"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _copied(home: Path, draft: Draft, made: Made) -> tuple[Path, ...]:
    folder = files_dir(home, draft.message_id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return tuple(Path(shutil.copy2(path, folder / path.name)) for path in made.files)


def _tenants(report: Report, recipient: Recipient, known: list[str]) -> tuple[str, ...]:
    wanted = [name for name in known if report.tenant_id in (None, name)]
    return tuple(name for name in wanted if not recipient.tenants or name in recipient.tenants)


def _title(report: Report, month: date, own: Language) -> str:
    return one_line(own.text("Report {name}, {month}", name=report.name, month=own.month(month)))


def _body(
    report: Report,
    made: Made,
    month: date,
    before: Mapping[str, str],
    now: Mapping[str, str],
    own: Language,
) -> str:
    lines = [own.text("{name} of {month}.", name=report.name, month=own.month(month))]
    if made.files:
        files = ", ".join(path.name for path in made.files)
        lines.append(own.text("Attached to e-mails: {files}", files=files))
    lines.append(own.text("To look at it: {where}", where=made.where))
    if not before:
        lines.append(own.text("This is the first report of this month."))
        return "\n".join(lines)
    changes = moved(before, now)
    if not changes:
        lines.append(own.text("No number has moved since the report before."))
        return "\n".join(lines)
    lines.append(own.text("Moved since the report before: {n}", n=own.number(len(changes))))
    lines += [in_words(change, own) for change in changes[:SHOWN]]
    if len(changes) > SHOWN:
        lines.append(own.text("… and {n} more", n=own.number(len(changes) - SHOWN)))
    return "\n".join(lines)


def remove_strays(home: Path, outbox: Outbox) -> None:
    """Remove files whose message has left or never was: a process was killed between the two."""
    states = ("waiting", "sending", "unknown", "given_up")
    kept = {one.message_id for one in outbox.in_state(*states)}
    for path in _folder(home).iterdir():
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)
