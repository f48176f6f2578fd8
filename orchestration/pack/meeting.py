"""What a meeting begins with: decisions that are due, what was decided and came of it, numbers that moved."""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.pack.document import Cell, Column, Section, Table, one_group
from orchestration.pack.numbers import Pack
from orchestration.pack.records import Decision, Restatement
from orchestration.pack.wording import Wording, kind_of

_PAPER_RESTATEMENTS = 30
_SHORT_ID = 10
_STATUS_TONES = {"overdue": "red", "open": "amber", "done": "green"}
_OUTCOME_TONES = {"achieved": "green", "partly": "amber", "not_achieved": "red"}


def meeting_section(pack: Pack, wording: Wording) -> Section:
    """Decisions and restatements."""
    text = wording.text
    hidden = pack.hidden_restatements
    lead = text("What the last meetings decided, and what has moved in closed months since.")
    if hidden:
        lead += " " + text("Restatements about single persons, not shown here: {n}.", n=hidden)
    return Section(
        "meeting",
        text("Decisions due and restatements"),
        lead,
        (
            _decisions(wording, pack.due, is_due=True),
            *([_decisions(wording, pack.judged, is_due=False)] if pack.judged else []),
            _restatements(wording, pack.restatements),
        ),
    )


def _decisions(wording: Wording, found: Sequence[Decision], *, is_due: bool) -> Table:
    text = wording.text
    columns = (
        Column(text("Decision"), 3.4, note=text("Action")),
        Column(text("KPI"), 2.2, note=text("KPI id")),
        Column(text("Scope"), 1.5),
        Column(text("Owner"), 1.5),
        Column(text("Due"), 1.1),
        Column(text("Expected change"), 1.2, "right"),
        *([] if is_due else [Column(text("Measured change"), 1.2, "right")]),
        Column(text("State") if is_due else text("Outcome"), 1.3),
    )
    rows = [_decision(wording, decision, is_due=is_due) for decision in found]
    return Table(
        text("Decisions due") if is_due else text("Decisions done or judged"),
        text("Decisions due") if is_due else text("Decisions judged"),
        columns,
        one_group(rows),
        empty=text("No decision is open: the log of actions holds none for this pack."),
    )


def _decision(wording: Wording, decision: Decision, *, is_due: bool) -> tuple[Cell, ...]:
    language = wording.language

    def change(value: float | None) -> Cell:
        said = wording.change(value, decision.unit, decision.stat)
        kind = kind_of(decision.unit, decision.stat)
        return Cell(said or "–", (value,), "points" if kind == "percent" else kind)

    code = decision.status if is_due else decision.outcome or decision.status
    tones = _STATUS_TONES if is_due else _OUTCOME_TONES
    shown = wording.word(code)
    tone = tones.get(code, "grey")
    return (
        Cell(decision.decision, note=decision.action_id, is_strong=True),
        Cell(wording.name(decision.kpi_name), note=decision.kpi_id),
        Cell(scope_of(wording, decision.scope[0], decision.scope_name)),
        Cell(decision.owner),
        Cell(language.day(decision.due_on), (decision.due_on,), "date"),
        change(decision.expected_change),
        *([] if is_due else [change(decision.measured_change)]),
        Cell(shown, (shown,), tone=tone, icon=tone),
    )


def scope_of(wording: Wording, kind: str, name: str) -> str:
    """A scope as people say it."""
    said = wording.word(kind)
    return said if kind == "company" or not name else f"{said} {wording.name(name)}"


def _restatements(wording: Wording, found: Sequence[Restatement]) -> Table:
    text = wording.text
    columns = (
        Column(text("KPI"), 2.6, note=text("KPI id")),
        Column(text("Month"), 1.1),
        Column(text("Scope"), 1.8),
        Column(text("Presented"), 1.35, "right"),
        Column(text("Known now"), 1.2, "right"),
        Column(text("Status then"), 1.2),
        Column(text("Status now"), 1.2),
        Column(text("Reason"), 1.7),
        Column(text("Approved by"), 1.4),
    )
    rows = [_restatement(wording, moved) for moved in found]
    return Table(
        text("Restatements no forum has seen yet"),
        text("Restatements"),
        columns,
        one_group(rows),
        empty=text("No number of a closed month has moved since the last meeting."),
        paper_rows=_PAPER_RESTATEMENTS,
        more=text(
            "And {n} more; the workbook lists all of them, and so does deskhouse restatement list.",
            n="{n}",
        ),
    )


def _restatement(wording: Wording, moved: Restatement) -> tuple[Cell, ...]:
    kind = kind_of(moved.unit, moved.stat)

    def value(number: float | None, said: str | None) -> Cell:
        figure = wording.figure(number, moved.unit, moved.stat) or wording.word(said) or "–"
        return Cell(figure, (said if number is None else number,), kind)

    marks = " · ".join(code for code in moved.key[1:] if code != "none")
    note = " · ".join(
        part for part in (moved.kpi_id, marks, moved.restatement_id[:_SHORT_ID]) if part
    )
    return (
        Cell(wording.name(moved.kpi_name), note=note, is_strong=True),
        Cell(wording.language.month(moved.month, short=True), (moved.month,), "date"),
        Cell(scope_of(wording, moved.scope[0], moved.scope_name)),
        value(moved.old_value, moved.old_text),
        value(moved.new_value, moved.new_text),
        wording.status(moved.old_status),
        wording.status(moved.new_status),
        Cell(wording.word(moved.reason_code)),
        Cell(moved.approved_by or text_not_yet(wording)),
    )


def text_not_yet(wording: Wording) -> str:
    """Nobody has approved it."""
    return wording.text("not yet")
