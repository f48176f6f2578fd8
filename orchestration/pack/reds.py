"""The red numbers of a pack with their evidence: what weighs most, the command that lists the rows, what is owed."""

from __future__ import annotations

from orchestration.pack.document import Cell, Column, Section, Table, one_group
from orchestration.pack.numbers import Fact, Pack, Part, Red
from orchestration.pack.wording import Wording, kind_of


def red_section(pack: Pack, wording: Wording) -> Section:
    """Red numbers with the command that lists their rows, the heaviest scopes, actions and comments."""
    text = wording.text
    columns = (
        Column(text("KPI"), 2.5, note=text("Detail")),
        Column(text("Value"), 1.25, "right"),
        Column(text("Target"), 1.3, "right"),
        Column(text("Months off target"), 1.0, "right"),
        Column(text("Channels or accounts: value · share of misses"), 3),
        Column(text("Teams: value · share of misses"), 2.85),
        Column(text("Rows behind it"), 2.6, parts=(text("n"), text("Command"))),
        Column(text("Open actions"), 1.1),
        Column(text("Comment"), 1.5),
    )
    rows = [_red(wording, red, pack) for red in pack.reds]
    table = Table(
        text("KPIs off target and their evidence"),
        text("KPIs off target"),
        columns,
        one_group(rows),
        note=text(
            "Shown are the three that weigh most; a share is the part of everything that missed the target. Rows are "
            "what the number was counted from, and the command lists them."
        ),
        empty=text("No KPI of this pack is off target."),
    )
    lead = text("What missed its target by more than the tolerance, and where to look first.")
    return Section("reds", table.title, lead, (table,))


def _red(wording: Wording, red: Red, pack: Pack) -> tuple[Cell, ...]:
    fact, text = red.fact, wording.text
    kind = kind_of(fact.unit, fact.stat)
    owed = text("owed") if fact.is_comment_owed else ""
    count = wording.language.number(fact.n)
    name = wording.name(fact.name)
    if pack.scope_type != "company":
        name = f"{name} – {wording.name(fact.scope_name)}"
    return (
        Cell(name, note=wording.marks(fact), is_strong=True),
        Cell(wording.value(fact), (fact.value,), kind, tone="red", icon="red", is_strong=True),
        Cell(wording.target(fact), (fact.target,), kind),
        Cell(wording.language.number(fact.red_streak), (fact.red_streak,), "integer"),
        _weighing(wording, red, of_teams=False),
        _weighing(wording, red, of_teams=True),
        Cell(
            text("rows: {n}", n=count),
            (fact.n, red.command),
            "integer",
            code=red.command,
        ),
        Cell(", ".join(red.actions) or text("no action")),
        Cell(owed, tone="red" if owed else ""),
    )


def _weighing(wording: Wording, red: Red, *, of_teams: bool) -> Cell:
    parts = [part for part in red.parts if (part.scope_type == "team") == of_teams]
    return Cell("\n".join(_part(wording, red.fact, part) for part in parts) or "–")


def _part(wording: Wording, fact: Fact, part: Part) -> str:
    name = wording.name(part.scope_name)
    figure = wording.figure(part.value, fact.unit, fact.stat)
    if part.misses is None or not part.total:
        return f"{name}: {figure}"
    return f"{name}: {figure} · {wording.language.percent(part.misses / part.total, 0)}"
