"""``deskhouse alerts ack | show | send | resend | setup``: alerts that somebody has seen, and alerts that arrive."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ingestion.errors import ConfigurationError
from orchestration.commands.session import EXIT_PARTLY, errors, output, sentences
from orchestration.settings import Settings, read_settings
from orchestration.terminal import Column

if TYPE_CHECKING:
    from orchestration.delivery.episodes import Episode

_LOCK_WAIT_SECONDS = 30
_EVER = timedelta(days=36500)


def register(group: typer.Typer) -> None:
    """Add the commands."""
    for command in (ack, show, send, resend, setup):
        group.command(command.__name__)(command)


def ack(
    context: typer.Context,
    ids: Annotated[
        list[str] | None, typer.Argument(help="Ids, or their beginnings, as messages name them.")
    ] = None,
    rule: Annotated[str | None, typer.Option(help="All open alerts of this rule.")] = None,
    team: Annotated[str | None, typer.Option(help="With --rule: of this team only.")] = None,
    note: Annotated[str | None, typer.Option(help="What you say about it.")] = None,
    by: Annotated[str | None, typer.Option(help="Who has seen it, default your account.")] = None,
    tenant: Annotated[
        str | None, typer.Option(help="Seller company, if there are several.")
    ] = None,
) -> None:
    """Say that somebody has seen an alert: it is escalated no more; the next run shows it in the marts."""
    with sentences(context):
        from orchestration.closing.acknowledging import acknowledge_alerts
        from orchestration.delivery.choosing import chosen_alerts, is_of_team
        from orchestration.ledger.operator import claimed_name
        from orchestration.warehouse import warehouse_lock

        settings = read_settings()
        if not ids and not rule:
            raise ConfigurationError(
                "Say which alert: deskhouse alerts ack ID, or --rule RULE for all open ones of a rule."
            )
        everything = _episodes(settings, tenant)
        known = [one for one in everything if one.is_open and is_of_team(one, team)]
        found = chosen_alerts(known, ids or (), rule)
        name = claimed_name(by)
        with warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
            acknowledge_alerts(
                settings, [(one.tenant_id, one.alert_id) for one in found], name, note
            )
        output().line(
            f"{len(found)} acknowledged by {name}; the next run shows it in agent_sla.alerts."
        )


def _episodes(settings: Settings, tenant: str | None) -> list[Episode]:
    """Alerts of the shown tenants, open and ended."""
    from orchestration.delivery.episodes import picture_of
    from orchestration.tenants import shown_tenants

    picture = picture_of(settings, _EVER, settings.as_of)
    shown = shown_tenants(picture.tenants, tenant)
    return [one for one in picture.episodes if one.tenant_id in shown]


def show(
    context: typer.Context,
    alert_id: Annotated[str, typer.Argument(help="Id of an alert, or its beginning.")],
    tenant: Annotated[
        str | None, typer.Option(help="Seller company, if there are several.")
    ] = None,
) -> None:
    """Show one alert and the query that leads to the rows behind it."""
    with sentences(context):
        from orchestration.delivery.choosing import shown_alert
        from orchestration.delivery.recipients import Recipient
        from orchestration.delivery.wording import Voice
        from orchestration.lookups import log_lookup
        from orchestration.presenting.publication import publication

        settings = read_settings()
        one = shown_alert(_episodes(settings, tenant), alert_id)
        log_lookup(settings.home, f"alerts show {one.rule_id}", [one.agent], 1, [one.tenant_id])
        # Whoever runs commands reads what the listing shows: names as the legal entity allows.
        voice = Voice(Recipient("you", (), ("operations_manager",)), settings.as_of)
        text = voice.opened(one) if one.is_open else voice.ended(one)
        shown = output()
        shown.line(text.title)
        shown.lines(text.body)
        if one.is_acknowledged:
            shown.line(f"Seen by {one.acknowledged_by}, {one.acknowledged_at:%Y-%m-%d %H:%M} UTC")
        if one.evidence_query:
            count = publication(settings).one(f"select count(*) from ({one.evidence_query})")
            shown.line(f"Rows behind it: {count:,}, by this query on {settings.marts_file}:")
            shown.line(one.evidence_query)


def send(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent to whom; send nothing.")
    ] = False,
) -> None:
    """Send what is due: new alerts, ends, escalations, reports, and what failed before."""
    with sentences(context):
        from orchestration.delivery.passing import deliver
        from orchestration.delivery.reading import delivery_files

        settings = read_settings()
        if not delivery_files(settings):
            raise ConfigurationError(
                "Nobody is to be told yet: deskhouse alerts setup writes a file in which to say who."
            )
        if dry_run:
            _rehearse(settings)
            return
        passed = deliver(settings)
        for fault in passed.faults:
            errors().warning(fault)
        done = passed.sent
        output().line(
            f"{done.sent} sent, {done.failed} failed and are tried again, {done.unknown} unknown, "
            f"{done.left} left for later."
        )
    raise typer.Exit(EXIT_PARTLY if passed.faults else 0)


def _rehearse(settings: Settings) -> None:
    from orchestration.delivery.episodes import picture_of
    from orchestration.delivery.outbox import open_outbox
    from orchestration.delivery.passing import clock_of, log_persons
    from orchestration.delivery.planning import plan
    from orchestration.delivery.reading import read_delivery
    from orchestration.delivery.reports import due_reports

    delivery, now = read_delivery(settings), clock_of(settings)()
    picture = picture_of(settings, delivery.stale_after, now)
    with open_outbox(settings.home) as outbox:
        found = plan(delivery, picture, outbox, now)
        waiting, reports = outbox.due(now), due_reports(delivery, outbox, now)
    log_persons(settings.home, found)
    shown = output()
    rows = [[one.recipient, one.variable, one.kind, one.title] for one in found.drafts]
    rows += [[one.recipient, one.variable, one.kind, one.title or ""] for one in waiting]
    rows += [[", ".join(one.to), "", "report", one.name] for one, _ in reports]
    if rows:
        shown.table([Column("to", whole=True), Column("by", whole=True), "what", "title"], rows)
    shown.line(f"{len(rows)} messages would be sent; nothing was.")
    if picture.is_old:
        shown.line(
            f"What is published is of {picture.as_of:%Y-%m-%d %H:%M} UTC: too old to alarm anybody."
        )
    elif picture.stale_tenants:
        names = ", ".join(sorted(picture.stale_tenants))
        shown.line(f"Data of {names} have stopped arriving: only that is told.")
    for name in found.quiet:
        shown.line(f"{name} is left alone now (quiet hours), except for what is critical.")
    if found.unheard:
        rules = ", ".join(sorted({one.rule_id for one in found.unheard}))
        shown.line(f"{len(found.unheard)} open alerts reach nobody: {rules}.")


def resend(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="Reference, as deskhouse doctor names it.")],
    forget: Annotated[
        bool, typer.Option("--forget", help="It arrived, or is needed no more: close it.")
    ] = False,
) -> None:
    """Send a message once more of which nobody knows whether it arrived, or which was given up."""
    with sentences(context):
        from orchestration.delivery.outbox import open_outbox
        from orchestration.delivery.passing import clock_of, delivery_lock

        settings = read_settings()
        now = clock_of(settings)()
        with delivery_lock(settings.home), open_outbox(settings.home) as outbox:
            found = outbox.find(reference) if reference else []
            if len(found) != 1:
                raise ConfigurationError(
                    f"{len(found)} messages have the reference {reference}: deskhouse doctor names them."
                )
            message = found[0]
            is_done = (outbox.close if forget else outbox.again)(message.message_id, now)
        if not is_done:
            raise ConfigurationError(
                f"The message {reference} is {message.state}: one that is unknown or given up is sent again or closed."
            )
        output().line("closed." if forget else "It leaves with the next deskhouse alerts send.")


def setup(context: typer.Context) -> None:
    """Write templates of recipients.yml and reports.yml into the home; what is there stays as it is."""
    with sentences(context):
        from orchestration.delivery.templates import write_templates

        settings = read_settings()
        written, kept = write_templates(settings.home)
        for path in written:
            output().line(
                f"{path} written: uncomment what you need, then deskhouse alerts send --dry-run."
            )
        for path in kept:
            output().line(f"{path} is there already and stays as it is.")
