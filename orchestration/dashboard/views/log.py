"""Who did what: every action with its author, its instant and what changed, and who deleted which message."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download, narrowed_by
from orchestration.dashboard.figures import (
    Column,
    Safe,
    anchor,
    bar,
    empty,
    has,
    joined,
    long_table,
    number,
    show,
    signed,
    tag,
)
from orchestration.dashboard.queries import log
from orchestration.dashboard.questions import heading
from orchestration.dashboard.recording import frame as rows_of
from orchestration.dashboard.views.story import changed_value
from orchestration.dashboard.vocabulary import CHANGES, ORIGINS, PEOPLE
from orchestration.dashboard.words import ACTIONS

USES = (
    *("month", "action", "agent", "team", "platform", "account", "channel"),
    *("customer", "region", "ticket"),
)
_SHOWN = 500
_SHOWN_DELETED = 200


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("Who did what, and when?")


def render(context: Context) -> None:
    """Draw the page."""
    found = context.ask(log.actions, _SHOWN)
    deleted = context.ask(log.deletions, _SHOWN_DELETED)
    context.look(
        [*context.people.index, *found.agent_key, *deleted.agent_key], len(found) + len(deleted)
    )
    if found.empty:
        text = context.say("No action matches the filters in this month.")
        show(empty(context.say("Nothing to show"), text))
    else:
        _counts(context)
        _actions(context, found)
    _deleted(context, deleted)


def downloads(context: Context) -> list[Download]:
    """Rows behind the page."""
    where = narrowed_by(context, action="action_type", agent="agent_key", platform="platform")
    return [Download("agent_sla.agent_actions", where, has_month=True)]


def _counts(context: Context) -> None:
    own = context.own
    found = context.ask(log.counted)
    widest = float(found.acts.max())
    columns = [
        Column(context.say("Action")),
        Column(context.say("Times"), True),
        Column(context.say("People"), True),
        Column(context.say("On unanswered customers"), True),
    ]
    rows = [
        [
            context.word(row.action_type, ACTIONS),
            joined(bar(row.acts, widest), " ", own.number(row.acts)),
            own.number(row.people),
            signed("red", own.number(row.unanswered)) if row.unanswered else "",
        ]
        for row in found.itertuples()
    ]
    show(
        tag("h2", context.say("What was done in the month")),
        long_table(own, columns, rows, context.say("Actions by kind"), 8),
    )


def _actions(context: Context, found: pd.DataFrame) -> None:
    total = int(context.ask(log.counted).acts.sum())
    said = context.say(
        "{shown} of {total} actions, the newest first.",
        shown=context.own.number(len(found)),
        total=context.own.number(total),
    )
    show(tag("h2", context.say("The log")), tag("p", said, of="muted"))
    frame = pd.DataFrame(
        {
            context.say("When (UTC)"): found.occurred_at,
            context.say("Who"): [context.person(key) for key in found.agent_key],
            context.say("What"): [context.word(code, ACTIONS) for code in found.action_type],
            context.say("Ticket"): found.ticket_id,
            context.say("Channel"): found.channel_id.map(
                partial(context.place, "channel"), na_action="ignore"
            ),
            context.say("Before"): [
                changed_value(context, row.action_type, row.from_value)
                for row in found.itertuples()
            ],
            context.say("After"): [
                changed_value(context, row.action_type, row.to_value) for row in found.itertuples()
            ],
            context.say("Reason"): [context.word(code, CHANGES) for code in found.reason_code],
            context.say("Unanswered"): [
                context.say("yes") if has(flag) and flag else ""
                for flag in found.is_on_unanswered_turn
            ],
            context.say("Known from"): [context.word(code, ORIGINS) for code in found.event_source],
        }
    )
    rows_of(frame, context.say("The log"), 420)


def _deleted(context: Context, found: pd.DataFrame) -> None:
    show(heading(context, 11))
    if found.empty:
        show(
            tag(
                "p",
                context.say("No message was deleted or hidden under these filters in this month."),
                of="muted",
            )
        )
        return
    own = context.own
    columns = [
        Column(context.say("When")),
        Column(context.say("Who")),
        Column(context.say("What")),
        Column(context.say("Whose message")),
        Column(context.say("Answered before")),
        Column(context.say("Ticket")),
    ]
    rows = [
        [
            own.instant(row.occurred_at),
            context.person(row.agent_key),
            joined(
                context.word(row.action_type, ACTIONS),
                tag(
                    "span",
                    context.word(row.reason_code, CHANGES)
                    if has(row.reason_code)
                    else context.say("no reason given"),
                    of="sub",
                ),
            ),
            _message(context, row),
            _answer(context, row),
            anchor(context.link("case", ticket=str(row.ticket_id)), row.ticket_id)
            if has(row.ticket_id)
            else "",
        ]
        for row in found.itertuples()
    ]
    note = context.say(
        "What was written is not kept; the length and the instant of the message are."
    )
    total = int(found.total.iloc[0])
    if total > len(found):
        shown, every = own.number(len(found)), own.number(total)
        note += " " + context.say(
            "{shown} of {total} actions, the newest first.", shown=shown, total=every
        )
    show(
        tag("p", note, of="muted"),
        long_table(own, columns, rows, context.say("Deleted and hidden messages"), 10),
    )


def _message(context: Context, row: Any) -> Safe:
    who = context.word(row.content_author_role, PEOPLE) or context.say("not known")
    size = (
        context.say("{count} characters", count=context.own.number(number(row.body_chars)))
        if has(row.body_chars)
        else ""
    )
    at = context.own.instant(row.written_at) if has(row.written_at) else ""
    return joined(who, tag("span", " · ".join(part for part in (at, size) if part), of="sub"))


def _answer(context: Context, row: Any) -> Safe:
    if has(row.answered_at):
        return joined(context.own.instant(row.answered_at))
    if has(row.is_unanswered_deletion) and row.is_unanswered_deletion:
        return signed("red", context.say("nothing was answered"))
    return joined(context.say("nothing before it"))
