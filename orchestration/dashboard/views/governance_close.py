"""Whether the month is closed: by whom, with which hash and gates, or that it may still move."""

from __future__ import annotations

import json

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    box,
    show,
    signed,
    tag,
)
from orchestration.dashboard.queries import governance
from orchestration.dashboard.words import N_

_GATES = {
    "passed": ("green", N_("passed")),
    "failed": ("red", N_("failed")),
    "waived": ("amber", N_("signed off")),
    "not_measurable": ("grey", N_("not measurable")),
}


def draw_close(context: Context) -> None:
    """Draw the close of the month, or that it is provisional."""
    own = context.own
    close = context.ask_with(context.filters.only(("month",)), governance.close)
    month = own.month(context.filters.first_day)
    if close is None:
        show(
            box(
                context.say(
                    "{month} is not closed: its numbers are provisional and may still move.",
                    month=month,
                ),
                is_warning=True,
            )
        )
        return
    said = context.say(
        "{month} was closed {instant} by {name}: {count} numbers, hash {hash}.",
        month=month,
        instant=own.instant(close["closed_at"]),
        name=close["closed_by"],
        count=own.number(close["row_count"]),
        hash=str(close["snapshot_hash"])[:12],
    )
    gates = []
    for gate in json.loads(close["gate_results"] or "[]"):
        colour, word = _GATES.get(gate["state"], ("grey", gate["state"]))
        gates.append(
            tag(
                "span",
                context.word(gate["gate"], {}),
                " ",
                signed(colour, context.say(word)),
                of="chip",
            )
        )
    show(box(said), tag("div", *gates, of="chips"))
