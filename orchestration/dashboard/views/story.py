"""Everything that happened with a ticket, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import Safe, has, show, tag
from orchestration.dashboard.vocabulary import CHANGES, DELIVERED, PEOPLE, REVIEWS, SURVEYS, TICKETS
from orchestration.dashboard.words import ACTIONS

Row = dict[str, Any]
_STATES = ("status_change", "priority_change")
_MESSAGES = ("reply_sent", "internal_note_written")


def draw_happened(context: Context, happened: list[Row]) -> None:
    """Draw everything that happened, in order."""
    items = [_item(context, row) for row in happened]
    show(
        tag("h2", context.say("Everything in order")),
        Safe(f'<ol class="story">{"".join(items)}</ol>')
        if items
        else tag("p", context.say("Nothing is known."), of="muted"),
    )


def _item(context: Context, row: Row) -> Safe:
    said = _TOLD[row["kind"]](context, row)
    known = row["agent_key"] not in (None, "unowned")
    who = context.person(row["agent_key"]) if known else context.word(row["role"], PEOPLE)
    begin = tag("b", context.own.instant(row["at"]))
    return tag("li", begin, " · ", f"{who}: " if who else "", said)


def _message(context: Context, row: Row) -> str:
    if row["what"] == "inbound":
        what = context.say("wrote to us")
    elif row["detail"] == "public":
        what = context.say("answered")
    else:
        what = context.say("internal note")
    parts = [what, _size(context, row), context.say("automatic") if row["is_marked"] else ""]
    return ", ".join(part for part in parts if part)


def _size(context: Context, row: Row) -> str:
    if row["size"] is None:
        return ""
    return context.say("{count} characters", count=context.own.number(row["size"]))


def _deletion(context: Context, row: Row) -> str:
    parts = [context.word("message_deleted", ACTIONS), _size(context, row)]
    return ", ".join(part for part in parts if part)


def _event(context: Context, row: Row) -> str:
    before, after = (
        changed_value(context, row["what"], row[name]) for name in ("from_value", "to_value")
    )
    change = f"{before} → {after}" if before and after else before or after
    notes = [
        context.word(row["reason"], CHANGES),
        context.say("while the customer waited") if row["is_marked"] else "",
    ]
    why = ", ".join(part for part in notes if part)
    what = context.word(row["what"], ACTIONS) + (f": {change}" if change else "")
    return what + (f" ({why})" if why else "")


def changed_value(context: Context, action: Any, value: Any) -> str:
    """A value before or after an action; persons by the name that may be shown, states of a ticket in words."""
    if not has(value):
        return ""
    if value in context.people.index:
        return context.person(value)
    if action in _MESSAGES:
        return context.word(value, DELIVERED)
    return context.word(value, TICKETS) if action in _STATES else str(value)


def _survey(context: Context, row: Row) -> str:
    return context.say(
        "survey answer {score}, {sentiment}",
        score=context.word(row["from_value"], SURVEYS),
        sentiment=context.word(row["to_value"], SURVEYS),
    )


def _review(context: Context, row: Row) -> str:
    score = context.own.percent(float(row["to_value"])) if row["to_value"] else "–"
    said = context.say(
        "{review} of {whom}: {score}",
        review=context.word(row["what"], REVIEWS),
        whom=context.person(row["from_value"]),
        score=score,
    )
    return said + (f", {context.say('critical error')}" if row["is_marked"] else "")


_TOLD: dict[str, Callable[[Context, Row], str]] = {
    "message": _message,
    "deletion": _deletion,
    "event": _event,
    "survey": _survey,
    "review": _review,
}
