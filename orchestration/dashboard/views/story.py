"""Everything that happened with a ticket, in order."""

from __future__ import annotations

from typing import Any

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Safe,
    show,
    tag,
)
from orchestration.dashboard.words import ACTIONS


def draw_happened(context: Context, happened: list[dict[str, Any]]) -> None:
    """Draw everything that happened, in order."""
    items = [_item(context, row) for row in happened]
    show(
        tag("h2", context.say("Everything in order")),
        Safe(f'<ol class="story">{"".join(items)}</ol>')
        if items
        else tag("p", context.say("Nothing is known."), of="muted"),
    )


def _item(context: Context, row: dict[str, Any]) -> Safe:
    own = context.own
    who = (
        context.person(row["agent_key"])
        if row["agent_key"] not in (None, "unowned")
        else context.word(row["role"], {})
    )
    said = {"message": _message, "event": _event, "survey": _survey, "review": _review}[
        row["kind"]
    ](context, row)
    return tag("li", tag("b", own.instant(row["at"])), " · ", who, ": ", said)


def _message(context: Context, row: dict[str, Any]) -> str:
    what = (
        context.say("wrote to us")
        if row["what"] == "inbound"
        else (
            context.say("internal note")
            if row["from_value"] != "public"
            else context.say("answered")
        )
    )
    parts = [what]
    if row["to_value"]:
        parts.append(context.say("{count} characters", count=row["to_value"]))
    if row["flag"]:
        parts.append(context.say("automatic"))
    if row["deleted_at"]:
        parts.append(
            context.say("deleted {instant}", instant=context.own.instant(row["deleted_at"]))
        )
    return ", ".join(parts)


def _event(context: Context, row: dict[str, Any]) -> str:
    before, after = (_named(context, row[name]) for name in ("from_value", "to_value"))
    change = f" {before} → {after}" if before or after else ""
    flag = context.say("while the customer waited") if row["flag"] else ""
    return context.word(row["what"], ACTIONS) + change + (f" ({flag})" if flag else "")


def _named(context: Context, value: Any) -> str:
    return (
        ""
        if value is None
        else context.person(value)
        if value in context.people.index
        else str(value)
    )


def _survey(context: Context, row: dict[str, Any]) -> str:
    return context.say(
        "survey answer {score}, {sentiment}",
        score=row["from_value"],
        sentiment=context.word(row["to_value"], {}),
    )


def _review(context: Context, row: dict[str, Any]) -> str:
    score = context.own.percent(float(row["to_value"])) if row["to_value"] else "–"
    whom = context.person(row["from_value"])
    critical = context.say("critical error") if row["flag"] else ""
    return context.say("quality review of {whom}: {score}", whom=whom, score=score) + (
        f", {critical}" if critical else ""
    )
