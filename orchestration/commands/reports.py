"""``deskhouse reports``: which reports are sent by the clock, and one of them now."""

from __future__ import annotations

from typing import Annotated

import typer

from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.commands.session import EXIT_PARTLY, errors, output, sentences
from orchestration.settings import read_settings
from orchestration.terminal import Column

_reports = typer.Typer(
    no_args_is_help=True, help="List reports that are sent by the clock, send one now."
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_reports, name="reports")


@_reports.command("list")
def list_reports(context: typer.Context) -> None:
    """Show what is sent to whom, and when next."""
    with sentences(context):
        from orchestration.delivery.outbox import open_outbox
        from orchestration.delivery.passing import clock_of
        from orchestration.delivery.reading import read_delivery
        from orchestration.delivery.ticks import month_of, next_tick

        settings = read_settings()
        delivery, now = read_delivery(settings), clock_of(settings)()
        if not delivery.reports:
            output().line(
                "No report is sent: deskhouse alerts setup writes a template of reports.yml."
            )
            return
        with open_outbox(settings.home) as outbox:
            last = {one.name: outbox.reports.last_made(one.name) for one in delivery.reports}
        rows: list[list[str]] = []
        for one in delivery.reports:
            made, due = last[one.name], next_tick(one, now)
            said = f"{made:%Y-%m-%d %H:%M}" if made else "never"
            rows.append(
                [
                    *(one.name, one.what, f"{month_of(one, now):%Y-%m}", ", ".join(one.to)),
                    *(said, f"{due:%Y-%m-%d %H:%M}"),
                ]
            )
        heads: list[Column | str] = [
            Column("report", whole=True),
            "what",
            Column("month", whole=True),
            "to",
        ]
        heads += ["last (UTC)", "next (UTC)"]
        output().table(heads, rows)


@_reports.command("send")
def send(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the report, as the file gives it.")],
) -> None:
    """Make a report and send it now, whatever the clock says."""
    with sentences(context):
        from orchestration.delivery.dispatching import send_due
        from orchestration.delivery.outbox import open_outbox
        from orchestration.delivery.passing import clock_of, delivery_lock
        from orchestration.delivery.reading import read_delivery
        from orchestration.delivery.reports import send_report

        settings = read_settings()
        delivery, clock = read_delivery(settings), clock_of(settings)
        report = next((one for one in delivery.reports if one.name == name), None)
        if report is None:
            known = ", ".join(one.name for one in delivery.reports) or "none"
            raise ConfigurationError(f"There is no report {name}; known are {known}.")
        with delivery_lock(settings.home), open_outbox(settings.home) as outbox:
            now = clock()
            outbox.settle(now)
            count, faults = send_report(settings, delivery, outbox, report, now, now)
            done = send_due(outbox, delivery, settings.home, clock)
        for fault in (*faults, *done.faults):
            errors().warning(fault)
        if faults and not count:
            raise DeskhouseError(f"Report {name} was made for nobody.")
        output().line(f"{count} messages made, {done.sent} sent.")
    raise typer.Exit(EXIT_PARTLY if faults or done.faults else 0)
