"""What the meeting must decide: decisions due, restatements, the month presented against current, who answers."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from orchestration.dashboard import deciding
from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download
from orchestration.dashboard.figures import (
    Column,
    Safe,
    Tile,
    anchor,
    box,
    empty,
    has,
    interval,
    joined,
    long_table,
    mark,
    number,
    show,
    signed,
    table,
    tag,
    tiles,
)
from orchestration.dashboard.queries import governance
from orchestration.dashboard.questions import heading
from orchestration.dashboard.views import meeting
from orchestration.dashboard.words import DECISIONS, FORUMS, N_, ROLES
from orchestration.settings import Settings

HAS_CONTROLS = True
USES = ("month", "role", "platform", "channel", "team")
_SHOWN_RESTATED = 10
_STATUS = {"open": "amber", "overdue": "red", "done": "green", "dropped": "grey"}
_OUTCOMES = {
    "achieved": "green",
    "partly": "amber",
    "not_achieved": "red",
    "inconclusive": "grey",
}
_GATES = {
    "passed": ("green", N_("passed")),
    "failed": ("red", N_("failed")),
    "waived": ("amber", N_("signed off")),
    "not_measurable": ("grey", N_("not measurable")),
}


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("What must the meeting decide?")


def render(context: Context) -> None:
    """Draw the page."""
    rows = context.ask(governance.month)
    if rows.empty:
        text = context.say("No governed KPI for this role, place and month.")
        show(empty(context.say("Nothing to review"), text))
        return
    meeting.render(context)
    decided, unseen = _known(context)
    _counts(context, rows, decided, unseen)
    _close(context)
    _decisions(context, decided)
    _restated(context, unseen)
    context.segment("month", _table)


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


def _table(context: Context) -> None:
    rows = context.ask(governance.month)
    context.look(list(rows.accountable_person.dropna()), len(rows))
    show(
        tag("h2", context.say("The month's table: presented against what is known now")),
        _month(context, rows),
    )
    _forums(context)


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


def _close(context: Context) -> None:
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


def _decisions(context: Context, decided: list[dict[str, Any]]) -> None:
    context.segment("accountable", _accountable)
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
            else f"{context.word(row['scope_type'])} {_place(context, row)}"
        )
        month = own.month(row["month"], short=True) if row["month"] else ""
        rows.append(
            [
                joined(row["decision"], tag("span", " · ".join(meta), of="sub")),
                joined(
                    anchor(_why(context, row), context.kpi(row["kpi_id"]))
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


def _place(context: Context, row: dict[str, Any]) -> str:
    return context.person(row["scope_id"]) if row["scope_type"] == "agent" else str(row["scope_id"])


def _why(context: Context, row: dict[str, Any]) -> str:
    return context.why(
        row["kpi_id"], row["scope_type"], row["scope_id"], month=f"{row['month']:%Y-%m}"
    )


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


def _restated(context: Context, unseen: list[dict[str, Any]]) -> None:
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
            or str(row[f"{side}_value_text"] or "–")
            for side in ("old", "new")
        ]
        detail = tag("span", own.sentence(row["detail"]), of="sub") if row["detail"] else ""
        layer = " · ".join(
            context.word(row[name]) for name in ("stat", "layer", "variant") if row[name] != "none"
        )
        rows.append(
            [
                joined(
                    anchor(_why(context, row), context.kpi(row["kpi_id"])),
                    tag("span", f"{own.month(row['month'], short=True)} · {layer}", of="sub"),
                ),
                f"{context.word(row['scope_type'])} {'' if row['scope_type'] == 'company' else _place(context, row)}",
                joined(sides[0], tag("span", mark(own, row["old_status"]), of="sub")),
                joined(sides[1], tag("span", mark(own, row["new_status"]), of="sub")),
                joined(context.word(row["reason_code"], {}), detail),
                row["approved_by"] or context.say("nobody yet"),
            ]
        )
    show(long_table(own, columns, rows, context.say("Restatements"), _SHOWN_RESTATED))


def _month(context: Context, rows: pd.DataFrame) -> Safe:
    own = context.own
    columns = [
        Column(context.say("KPI")),
        Column(context.say("Status")),
        Column(context.say("Presented"), True),
        Column(context.say("Known now"), True),
        Column(context.say("Target"), True),
        Column(context.say("Answers for it")),
        Column(context.say("In the meeting")),
    ]
    scope_type, scope_id = context.filters.narrowest
    cells = []
    for row in rows.itertuples():
        layer = row.layer if row.layer != "none" else ""
        variant = row.variant if row.variant != "none" else ""
        name = anchor(
            context.why(row.kpi_id, scope_type, scope_id, layer=layer), context.kpi(row.kpi_id)
        )
        more = " · ".join(context.word(part) for part in (layer, variant) if part)
        presented = own.figure(number(row.value_presented), row.unit, row.stat)
        sure = interval(own, number(row.ci_low), number(row.ci_high), row.unit, row.stat)
        count = context.say("n {n}", n=own.number(number(row.n))) if has(row.n) else ""
        person = context.person(row.accountable_person) if has(row.accountable_person) else ""
        cells.append(
            [
                joined(name, tag("span", more, of="sub")),
                mark(own, row.status, row.status_reason),
                presented or context.say("not closed"),
                joined(
                    tag(
                        "b",
                        own.figure(number(row.value), row.unit, row.stat)
                        or (row.value_text if has(row.value_text) else "–"),
                    ),
                    tag("span", " · ".join(part for part in (sure, count) if part), of="sub"),
                ),
                own.figure(number(row.target), row.unit, row.stat),
                joined(context.word(row.accountable_role, ROLES), tag("span", person, of="sub")),
                _due(context, row),
            ]
        )
    return long_table(own, columns, cells, context.say("The month's table"), 25)


def _due(context: Context, row: Any) -> Safe:
    """What the row asks of the meeting: a restatement to explain, a comment owed, an action under way."""
    parts = []
    if has(row.restated_delta):
        parts.append(signed("amber", context.say("restated")))
    actions = number(row.open_action_count) or 0
    if actions:
        parts.append(joined(context.say("{count} open actions", count=context.own.number(actions))))
    elif has(row.comment_required) and row.comment_required and not has(row.comment_id):
        parts.append(signed("amber", context.say("comment owed")))
    if has(row.off_target_streak) and row.off_target_streak > 1:
        parts.append(
            tag(
                "span",
                context.say("off target {count} months", count=int(row.off_target_streak)),
                of="sub",
            )
        )
    return joined(*parts, mark=" ")


def _accountable(context: Context) -> None:
    show(heading(context, 16))
    found = context.ask_with(context.filters.only(("month", "role")), governance.accountability)
    own = context.own
    columns = [
        Column(context.say("KPI")),
        Column(context.say("Place")),
        Column(context.say("Accountable")),
        Column(context.say("Does the work")),
        Column(context.say("Sees")),
        Column(context.say("Reviewed in")),
    ]
    cells = []
    for (kpi_id, scope_type), part in found.groupby(["kpi_id", "scope_type"], sort=True):
        by = {row.kind: list(row.roles) for row in part.itertuples()}
        said = [
            ", ".join(context.word(role, ROLES) for role in by.get(kind, []))
            for kind in ("A", "R", "V")
        ]
        cells.append(
            [
                context.kpi(kpi_id),
                context.word(scope_type),
                *said,
                context.word(part.forum_id.iloc[0], FORUMS),
            ]
        )
    summary = tag(
        "summary",
        context.say("Who is accountable for what ({count} rows)", count=own.number(len(cells))),
    )
    show(
        Safe(
            f"<details>{summary}{long_table(own, columns, cells, context.say('Accountability'), 400)}</details>"
        )
    )


def _forums(context: Context) -> None:
    rows = context.ask_with(context.filters.only(("month",)), governance.results)
    if not rows:
        return
    own = context.own
    columns = [
        Column(context.say("Forum")),
        Column(context.say("Done on time"), True),
        Column(context.say("Reds with an action"), True),
        Column(context.say("Days from red to action"), True),
        Column(context.say("Outcomes achieved"), True),
    ]
    cells = [
        [
            context.word(row["forum_id"], FORUMS),
            f"{own.number(row['on_time_count'])} / {own.number(row['due_count'])}",
            f"{own.number(row['red_with_action_count'])} / {own.number(row['red_count'])}",
            own.number(number(row["median_days_to_action"])),
            f"{own.number(row['achieved_count'])} / {own.number(row['judged_count'])}",
        ]
        for row in rows
    ]
    show(
        tag("h2", context.say("How the forums keep their own word")),
        table(columns, cells, context.say("Forums")),
    )
