"""Reports by the clock: which are due, made once for each instant, told with what changed since the one before."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from croniter import croniter

from ingestion.errors import DeskhouseError
from orchestration.delivery.dispatching import files_dir
from orchestration.delivery.makers import Made, Maker, Order, maker_of, makers
from orchestration.delivery.numbers import SHOWN, in_words, moved, numbers_of
from orchestration.delivery.outbox import FOLDER, Outbox
from orchestration.delivery.recipients import Delivery, Recipient, Report
from orchestration.delivery.records import Draft
from orchestration.delivery.wording import DOMAIN, one_line
from orchestration.presenting.languages import Language, language
from orchestration.presenting.publication import publication
from orchestration.settings import Settings
from orchestration.tenants import shown_tenants

_FORMAT = "%Y%m%dT%H%M%SZ"


class ReportError(DeskhouseError):
    """A report could not be made; the others were."""


def last_tick(report: Report, now: datetime) -> datetime:
    """The latest instant (aware, UTC) at or before now at which a report is due, by the clock of its zone."""
    local = now.astimezone(report.zone).replace(tzinfo=None)
    ticks = croniter(report.cron, local + timedelta(seconds=1))
    tick: datetime = ticks.get_prev(datetime)
    found = tick.replace(tzinfo=report.zone).astimezone(UTC)
    # The hour that a change of clocks repeats has one tick, its first; one it leaves out is made up for after it.
    while found > now:
        tick = ticks.get_prev(datetime)
        found = tick.replace(tzinfo=report.zone).astimezone(UTC)
    return found


def next_tick(report: Report, now: datetime) -> datetime:
    """The next instant (aware, UTC) after now at which a report is due."""
    local = now.astimezone(report.zone).replace(tzinfo=None)
    ticks = croniter(report.cron, local - timedelta(hours=3))
    while True:
        tick: datetime = ticks.get_next(datetime)
        found = tick.replace(tzinfo=report.zone).astimezone(UTC)
        if found > now:
            return found


def month_of(report: Report, now: datetime) -> date:
    """First day of the month that a report is about, by the clock of its zone."""
    today = now.astimezone(report.zone).date()
    if report.month == "current":
        return today.replace(day=1)
    if report.month == "last":
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    year, month = report.month.split("-")
    return date(int(year), int(month), 1)


def plan_reports(settings: Settings, delivery: Delivery, outbox: Outbox, now: datetime) -> int:
    """Make the reports that are due and put them into the outbox; returns how many messages that are.

    A new report begins with its next instant; of instants that were missed only the latest counts.

    Raises:
        ReportError: some could not be made; they are tried again by the next pass.
    """
    count, faults = 0, []
    for report in delivery.reports:
        tick = last_tick(report, now)
        known = outbox.reports.last_due(report.name)
        if known is None:
            outbox.reports.note_due(report.name, "", now, now)
            continue
        if tick <= known:
            continue
        try:
            count += send_report(settings, delivery, outbox, report, tick, now)
        except (DeskhouseError, OSError) as error:
            faults.append(f"Report {report.name} could not be made: {error}")
            continue
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
) -> int:
    """Make a report for each of its recipients and put it into the outbox; returns the number of new messages.

    Args:
        settings: of this pass.
        delivery: who the recipients are.
        outbox: of the home.
        report: what is made.
        due_at: instant for which; the same one twice is one report.
        now: this instant (aware).
        known: makers by kind; default those of this version.

    Raises:
        DeskhouseError: it cannot be made for somebody; nobody gets it.
    """
    make = maker_of(report, makers() if known is None else known)
    published = publication(settings)
    rows = published.rows("select distinct tenant_id from governance_review.kpi_monthly order by 1")
    everybody = [row["tenant_id"] for row in rows]
    shown_tenants(everybody, report.tenant_id)
    month = month_of(report, now)
    drafts: list[Draft] = []
    subject = f"{month:%Y-%m}"
    kept: dict[str, dict[str, str]] = {}
    for name in report.to:
        recipient = delivery.recipient(name)
        if recipient is None:
            continue
        mine = _tenants(report, recipient, everybody)
        code = report.language or recipient.language
        folder = files_dir(settings.home, _reference(report, name, due_at))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        made = make(Order(settings, report, recipient, code, month, mine, folder))
        key = f"{report.name}\0{','.join(mine)}"
        kept[key] = numbers_of(published, report, mine, month)
        before = outbox.reports.numbers(key, subject)
        body = _body(report, made, month, before, kept[key], language(code, DOMAIN))
        title = _title(report, month, language(code, DOMAIN))
        drafts += _drafts(settings.home, report, recipient, due_at, title, body, made)
    count = outbox.add(drafts, [], now)
    for key, numbers in kept.items():
        outbox.reports.keep_numbers(key, subject, numbers, now)
    return count


def _tenants(report: Report, recipient: Recipient, known: list[str]) -> tuple[str, ...]:
    wanted = [name for name in known if report.tenant_id in (None, name)]
    return tuple(name for name in wanted if not recipient.tenants or name in recipient.tenants)


def _reference(report: Report, recipient: str, due_at: datetime) -> str:
    draft = Draft("report", "*", f"{report.name}@{due_at:{_FORMAT}}", recipient, "", "info", "", "")
    return draft.message_id


def _drafts(
    home: Path,
    report: Report,
    recipient: Recipient,
    due_at: datetime,
    title: str,
    body: str,
    made: Made,
) -> list[Draft]:
    """One message for each way of a recipient, each with files of its own, so that one can leave before another."""
    drafts = []
    for variable in recipient.url_envs:
        subject = f"{report.name}@{due_at:{_FORMAT}}"
        bare = Draft(
            "report", "*", subject, recipient.name, variable, "info", title, body, report.name
        )
        folder = files_dir(home, bare.message_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = tuple(Path(shutil.copy2(path, folder / path.name)) for path in made.files)
        drafts.append(Draft(**{**vars(bare), "attachments": files}))
    shutil.rmtree(files_dir(home, _reference(report, recipient.name, due_at)), ignore_errors=True)
    return drafts


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


def stray_files(home: Path, outbox: Outbox) -> list[Path]:
    """Folders of files whose message has left or never was: a process was killed between the two."""
    folder = home / FOLDER / "files"
    if not folder.is_dir():
        return []
    waiting = {
        one.message_id for one in outbox.in_state("waiting", "sending", "unknown", "given_up")
    }
    return [path for path in sorted(folder.iterdir()) if path.name not in waiting]
