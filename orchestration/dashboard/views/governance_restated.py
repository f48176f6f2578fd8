"""Numbers of closed months that moved and that no forum has seen."""

from __future__ import annotations

from typing import Any

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    anchor,
    joined,
    long_table,
    mark,
    number,
    show,
    tag,
)
from orchestration.dashboard.queries import governance
from orchestration.presenting.words import RESTATED

_SHOWN_RESTATED = 10


def place_of(context: Context, row: dict[str, Any]) -> str:
    """Place of a row in words, a person by the name that may be shown."""
    return context.place(row["scope_type"], row["scope_id"])


def why_address(context: Context, row: dict[str, Any]) -> str:
    """Address of the card and rows of a number of the ledger."""
    return context.why(
        row["kpi_id"], row["scope_type"], row["scope_id"], month=f"{row['month']:%Y-%m}"
    )


def draw_restated(context: Context, unseen: list[dict[str, Any]]) -> None:
    """Draw the restatements that no forum has seen."""
    show(tag("h2", context.say("Restatements since the last forum")))
    if not unseen:
        show(tag("p", context.say("No number of a closed month moved unseen."), of="muted"))
        return
    own = context.own
    keys = [row["scope_id"] for row in unseen if row["scope_type"] == "agent"]
    context.look(keys, len(unseen))
    units = context.ask_with(context.filters.only(()), governance.registry)
    columns = [
        Column(context.say("KPI")),
        Column(context.say("Place")),
        Column(context.say("Presented"), True),
        Column(context.say("Now"), True),
        Column(context.say("Why")),
        Column(context.say("Approved by")),
    ]
    rows = []
    for row in unseen:
        unit, stat = units.get(row["kpi_id"], ""), row["stat"]
        sides = [
            own.figure(number(row[f"{side}_value"]), unit, stat)
            or context.told(row[f"{side}_value_text"])
            or "–"
            for side in ("old", "new")
        ]
        detail = tag("span", own.sentence(row["detail"]), of="sub") if row["detail"] else ""
        layer = " · ".join(
            context.word(row[name]) for name in ("stat", "layer", "variant") if row[name] != "none"
        )
        rows.append(
            [
                joined(
                    anchor(why_address(context, row), context.kpi(row["kpi_id"])),
                    tag("span", f"{own.month(row['month'], short=True)} · {layer}", of="sub"),
                ),
                f"{context.word(row['scope_type'])} {'' if row['scope_type'] == 'company' else place_of(context, row)}",
                joined(sides[0], tag("span", mark(own, row["old_status"]), of="sub")),
                joined(sides[1], tag("span", mark(own, row["new_status"]), of="sub")),
                joined(context.word(row["reason_code"], RESTATED), detail),
                row["approved_by"] or context.say("nobody yet"),
            ]
        )
    show(long_table(own, columns, rows, context.say("Restatements"), _SHOWN_RESTATED))
