"""What the meeting must decide: decisions due, restatements, the month presented against current, who answers."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from orchestration.dashboard import deciding
from orchestration.dashboard.applying import beside_one_place
from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download
from orchestration.dashboard.figures import (
    Column,
    Safe,
    Tile,
    anchor,
    empty,
    joined,
    long_table,
    number,
    show,
    signed,
    tag,
    tiles,
)
from orchestration.dashboard.queries import governance
from orchestration.dashboard.views import meeting
from orchestration.dashboard.views.governance_close import draw_close
from orchestration.dashboard.views.governance_month import draw_accountable, draw_table
from orchestration.dashboard.views.governance_restated import draw_restated, place_of, why_address
from orchestration.dashboard.words import DECISIONS
from orchestration.presenting.words import FORUMS
from orchestration.settings import Settings

HAS_CONTROLS = True
USES = ("month", "role", "platform", "account", "channel", "team", "layer", "clock")
_STATUS = {"open": "amber", "overdue": "red", "done": "green", "dropped": "grey"}
_OUTCOMES = {
    "achieved": "green",
    "partly": "amber",
    "not_achieved": "red",
    "inconclusive": "grey",
}


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("What must the meeting decide?")


def render(context: Context) -> None:
    """Draw the page."""
    rows = context.ask(governance.month)
    show(beside_one_place(context))
    if rows.empty:
        text = context.say("No governed KPI for this role, place and month.")
        show(empty(context.say("Nothing to review"), text))
        return
    meeting.render(context)
    decided, unseen = _known(context)
    _counts(context, rows, decided, unseen)
    draw_close(context)
    _decisions(context, decided)
    draw_restated(context, unseen)
    context.segment("month", draw_table)


def _known(context: Context) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Decisions, and restatements that no forum saw; read anew only when the ledger or the publication changed."""
    settings, tenant = context.settings, context.filters.tenant
    key = (str(context.publication.path), deciding.ledger_state(settings), tenant)
    return _read(key, _settings=settings)


@st.cache_data(show_spinner=False, max_entries=8)
def _read(
    key: tuple[str, str, str], _settings: Settings
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return deciding.decisions(_settings, key[2]), deciding.unseen(_settings, key[2])


def downloads(context: Context) -> list[Download]:
    """Rows behind the page."""
    scope_type, scope_id = context.filters.narrowest
    where = (("scope_type", scope_type), ("scope_id", scope_id), ("is_governed", "true"))
    return [
        Download("governance_review.kpi_monthly", where, has_month=True),
        Download("governance_review.actions"),
        Download("governance_review.restatements"),
        Download("governance_review.kpi_accountability"),
    ]


def _counts(
    context: Context,
    rows: pd.DataFrame,
    decided: list[dict[str, Any]],
    unseen: list[dict[str, Any]],
) -> None:
    own = context.own
    today = context.settings.as_of.date()
    pending = [row for row in decided if row["status"] in ("open", "overdue")]
    late = [row for row in pending if row["due_on"] < today]
    owed = context.ask_with(context.filters.only(("month", "role")), governance.owed)
    company = owed[owed.scope_type == "company"]
    red = rows[rows.status == "red"]
    uncovered = red[red.open_action_count.fillna(0) == 0]
    show(
        tiles(
            [
                Tile(
                    context.say("decisions due"),
                    own.number(len(pending)),
                    context.say("{count} of them late", count=len(late)),
                    "red" if late else "amber" if pending else "green",
                ),
                Tile(
                    context.say("restatements no forum saw"),
                    own.number(len(unseen)),
                    context.say("numbers of closed months that moved"),
                    "amber" if unseen else "green",
                ),
                Tile(
                    context.say("off target here"),
                    own.number(len(red)),
                    context.say("{count} without an open action", count=len(uncovered)),
                    "red" if len(red) else "green",
                ),
                Tile(
                    context.say("comments owed"),
                    own.number(len(company)),
                    context.say("company; {count} with all places", count=own.number(len(owed))),
                    "amber" if len(owed) else "green",
                ),
            ]
        )
    )


def _decisions(context: Context, decided: list[dict[str, Any]]) -> None:
    context.segment("accountable", draw_accountable)
    if not decided:
        text = context.say("Log the first one above, in the meeting, or with deskhouse action add.")
        show(empty(context.say("No decision was logged yet"), text))
        return
    own = context.own
    today = context.settings.as_of.date()
    columns = [
        Column(context.say("Decision")),
        Column(context.say("About")),
        Column(context.say("Owner")),
        Column(context.say("Due")),
        Column(context.say("Status")),
        Column(context.say("Measured outcome")),
    ]
    rows = []
    for row in decided:
        status = "overdue" if row["status"] == "open" and row["due_on"] < today else row["status"]
        meta = [
            row["action_id"],
            context.word(row["decision_type"], DECISIONS),
            context.word(row["forum_id"], FORUMS),
            own.day(row["meeting_at"].date()),
        ]
        place = (
            ""
            if row["scope_type"] == "company"
            else f"{context.word(row['scope_type'])} {place_of(context, row)}"
        )
        month = own.month(row["month"], short=True) if row["month"] else ""
        rows.append(
            [
                joined(row["decision"], tag("span", " · ".join(meta), of="sub")),
                joined(
                    anchor(why_address(context, row), context.kpi(row["kpi_id"]))
                    if row["month"]
                    else context.kpi(row["kpi_id"]),
                    tag("span", " · ".join(part for part in (place, month) if part), of="sub"),
                ),
                row["owner"],
                joined(
                    own.day(row["due_on"]),
                    tag(
                        "span",
                        context.say("judged {day}", day=own.day(row["evaluate_on"])),
                        of="sub",
                    ),
                ),
                signed(_STATUS.get(status, "grey"), context.word(status)),
                _outcome(context, row),
            ]
        )
    show(long_table(own, columns, rows, context.say("Decisions"), 12))


def _outcome(context: Context, row: dict[str, Any]) -> Safe:
    promised = number(row["expected_change"])
    said = (
        context.say("promised {change}", change=_signed_number(context, promised))
        if promised is not None
        else ""
    )
    if not row["outcome"]:
        return joined(tag("span", said, of="sub"))
    change = number(row["measured_change"])
    measured = (
        context.say("measured {change}", change=_signed_number(context, change))
        if change is not None
        else ""
    )
    text = " · ".join(part for part in (said, measured) if part)
    return joined(
        signed(_OUTCOMES.get(row["outcome"], "grey"), context.word(row["outcome"])),
        tag("span", text, of="sub"),
    )


def _signed_number(context: Context, value: float | None) -> str:
    if value is None:
        return ""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{context.own.number(abs(value), 3)}"
