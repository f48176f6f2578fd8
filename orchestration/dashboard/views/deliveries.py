"""What becomes of messages: waiting, failed with the reason, sent; who acknowledged alerts; which reports come next."""

from __future__ import annotations

from datetime import UTC, datetime

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    Tile,
    box,
    joined,
    long_table,
    show,
    signed,
    table,
    tag,
    tiles,
)
from orchestration.dashboard.queries import data
from orchestration.dashboard.words import N_
from orchestration.delivery.records import Message
from orchestration.delivery.standing import RECENT, Standing, delivery_standing
from orchestration.presenting.words import RULES

_SHOWN = 10
_STATES = {
    "waiting": ("amber", N_("is tried again")),
    "sending": ("amber", N_("is being sent")),
    "unknown": ("amber", N_("may have arrived or not")),
    "given_up": ("red", N_("given up")),
}
_KINDS = {
    "open": N_("alert"),
    "ended": N_("end of an alert"),
    "escalated": N_("escalation"),
    "stale": N_("data too old"),
    "report": N_("report"),
}
_WHAT = {"pack": N_("pack"), "export": N_("export"), "page": N_("page")}


def draw_deliveries(context: Context) -> None:
    """Draw how deliveries stand now. It is read anew each time: messages leave between two publications."""
    standing = delivery_standing(context.settings)
    show(tag("h2", context.say("Alerts and reports on their way")))
    if not standing.is_set_up:
        text = context.say(
            "Nobody is told anything yet: deskhouse alerts setup writes the files that say who is."
        )
        show(box(text))
    elif standing.problem:
        show(box(standing.problem, is_warning=True))
    else:
        _counts(context, standing)
        _failing(context, standing)
        _reports(context, standing)
    context.segment("acknowledged", _acknowledged)


def _counts(context: Context, standing: Standing) -> None:
    own = context.own
    refused = sum(bool(one.reason) for one in standing.waiting)
    lost = [one for one in standing.failing if one.state == "given_up"]
    last = (
        own.instant(_plain(standing.last_sent_at))
        if standing.last_sent_at
        else context.say("none yet")
    )
    show(
        tiles(
            [
                Tile(
                    context.say("messages waiting"),
                    own.number(len(standing.waiting)),
                    context.say("{count} of them were refused before", count=refused),
                    "amber" if standing.waiting else "green",
                ),
                Tile(
                    context.say("failed"),
                    own.number(len(standing.failing)),
                    context.say("{count} given up", count=len(lost)),
                    "red" if lost else "amber" if standing.failing else "green",
                ),
                Tile(
                    context.say("sent in {days} days", days=RECENT.days),
                    own.number(standing.sent),
                    context.say("the last one: {instant}", instant=last),
                ),
                Tile(
                    context.say("recipients"),
                    own.number(standing.recipients),
                    own.ngettext(
                        "{count} report by the clock",
                        "{count} reports by the clock",
                        len(standing.reports),
                        count=len(standing.reports),
                    ),
                ),
            ]
        )
    )


def _failing(context: Context, standing: Standing) -> None:
    own, say = context.own, context.say
    rows: list[list[object]] = [_failed(context, one) for one in reversed(standing.failing)]
    rows += [
        [
            joined(say("report"), tag("span", report, of="sub")),
            recipient,
            signed("red", say("could not be made")),
            reason,
            "",
        ]
        for report, recipient, reason in standing.faults
    ]
    if not rows:
        show(box(say("No message failed.")))
        return
    columns = [
        Column(head)
        for head in (say("Message"), say("To"), say("State"), say("Why"), say("Next try"))
    ]
    note = say("deskhouse doctor says what to do; deskhouse alerts resend sends one of them again.")
    title = say("Messages that failed")
    show(
        tag("h3", title), tag("p", note, of="muted"), long_table(own, columns, rows, title, _SHOWN)
    )


def _failed(context: Context, one: Message) -> list[object]:
    own = context.own
    colour, said = _STATES[one.state]
    begun = own.ngettext(
        "planned {instant}, tried {count} time",
        "planned {instant}, tried {count} times",
        one.attempts,
        instant=own.instant(_plain(one.created_at)),
        count=one.attempts,
    )
    return [
        joined(
            context.word(one.kind, _KINDS),
            tag("span", begun, of="sub"),
            tag("code", one.message_id[:8]),
        ),
        joined(one.recipient, tag("span", tag("code", one.variable), of="sub")),
        signed(colour, context.say(said)),
        own.sentence(one.reason),
        own.instant(_plain(one.next_at)) if one.state == "waiting" else "",
    ]


def _reports(context: Context, standing: Standing) -> None:
    if not standing.reports:
        return
    own, say = context.own, context.say
    columns = [Column(head) for head in (say("Report"), say("To"), say("Last"), say("Next"))]
    rows: list[list[object]] = [
        [
            joined(one.name, tag("span", context.word(one.what, _WHAT), of="sub")),
            ", ".join(one.to),
            own.instant(_plain(one.last)) if one.last else say("never"),
            own.instant(_plain(one.next)),
        ]
        for one in standing.reports
    ]
    title = say("Reports by the clock")
    show(tag("h3", title), table(columns, rows, title))


def _acknowledged(context: Context) -> None:
    """Open alerts that somebody has, and those that nobody has acknowledged."""
    own, say = context.own, context.say
    found = context.ask_with(context.filters.only(()), data.acknowledged)
    if not found:
        return
    columns = [
        Column(say("Alert")),
        Column(say("Open"), True),
        Column(say("Acknowledged"), True),
        Column(say("Last by")),
    ]
    rows: list[list[object]] = [
        [
            context.word(row["rule_id"], RULES),
            own.number(row["open"]),
            own.number(row["acknowledged"]),
            joined(
                row["last_by"] or signed("amber", say("nobody yet")),
                tag("span", own.instant(row["last_at"]), of="sub"),
            ),
        ]
        for row in found
    ]
    title = say("Who has the open alerts")
    show(tag("h3", title), long_table(own, columns, rows, title, _SHOWN))


def _plain(instant: datetime) -> datetime:
    """An aware instant as the published ones are, UTC without zone."""
    return instant.astimezone(UTC).replace(tzinfo=None)
