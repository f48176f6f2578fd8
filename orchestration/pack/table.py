"""The KPI table of a pack, and its red numbers with evidence."""

from __future__ import annotations

from itertools import groupby

from orchestration.pack.document import Cell, Column, Group, Section, Spark, Table, one_group
from orchestration.pack.numbers import NAMED_GROUPS, Fact, Pack, Part, Red
from orchestration.pack.wording import TRENDS, Wording, kind_of, tone


def kpi_section(pack: Pack, wording: Wording) -> Section:
    """The table of the month; what has no number at all stands among the data caveats."""
    text = wording.text
    shown = [fact for fact in pack.facts if fact.value is not None or fact.value_text]
    groups = [
        Group(title, tuple(_row(wording, fact) for fact in facts))
        for title, facts in _grouped(pack, wording, shown)
    ]
    lead = text(
        "Each governed number with its target, its 95 % interval, thirteen months and who answers for it."
    )
    hidden = len(pack.facts) - len(shown)
    if hidden:
        lead += " " + text("KPIs without a number, listed under data caveats: {n}.", n=hidden)
    table = Table(
        text("KPI table"),
        text("KPI table"),
        _columns(pack, wording),
        tuple(groups),
        group_title=text("Group"),
        note=text(
            "Target classes: M enforced by the marketplace, G its guidance, B a published benchmark, S stated by the "
            "seller, D our default. pp = percentage points. Dashed line = target."
        ),
        empty=text("Nothing was counted in this month."),
    )
    return Section("kpis", text("KPI table"), lead, (table,))


def _grouped(pack: Pack, wording: Wording, facts: list[Fact]) -> list[tuple[str, list[Fact]]]:
    """By group of the registry, and by scope first where there are several."""
    found = []
    for (scope, group), rows in groupby(facts, lambda fact: (fact.scope_name, fact.kpi_group)):
        title = wording.text(NAMED_GROUPS.get(group, group))
        if pack.scope_type != "company":
            title = f"{wording.name(scope)} · {title}"
        found.append((title, list(rows)))
    return found


def _columns(pack: Pack, wording: Wording) -> tuple[Column, ...]:
    text, month = wording.text, wording.language.month
    return (
        Column(text("KPI"), 3.5, note=text("Detail")),
        Column(text("Value"), 1.25, "right"),
        Column(text("95 % interval"), 1.6, "right", parts=(text("Low"), text("High"))),
        Column("n", 0.8, "right"),
        Column(text("Target"), 1.35, "right", parts=(text("Target"), text("Class"))),
        Column(text("Status"), 1.35),
        Column(text("To last month"), 1.25, "right"),
        Column(text("To last year"), 1.25, "right"),
        Column(
            text("13 months"),
            1.75,
            "center",
            parts=tuple(month(each, short=True) for each in pack.months),
        ),
        Column(text("Owner"), 1.6),
        Column(text("Comment"), 1.1),
    )


def _row(wording: Wording, fact: Fact) -> tuple[Cell, ...]:
    kind = kind_of(fact.unit, fact.stat)
    bounds = [wording.figure(end, fact.unit, fact.stat) for end in (fact.ci_low, fact.ci_high)]
    target = wording.target(fact)
    now = wording.figure(fact.current_value, fact.unit, fact.stat)
    owed = wording.text("owed") if fact.is_comment_owed else ""
    target_class = fact.target_class or ""
    return (
        Cell(wording.name(fact.name), note=wording.marks(fact), is_strong=True),
        Cell(
            wording.value(fact),
            (wording.word(fact.value_text) if fact.value is None else fact.value,),
            "text" if fact.value is None else kind,
            note=wording.text("now {value}", value=now) if now else "",
            is_strong=True,
        ),
        Cell(" – ".join(bounds) if all(bounds) else "", (fact.ci_low, fact.ci_high), kind),
        Cell(wording.language.number(fact.n), (fact.n,), "integer"),
        Cell(target, (fact.target, target_class), kind, note=target_class),
        wording.status(fact.status),
        _change(wording, fact, fact.mom_delta, trend=fact.trend_3m),
        _change(wording, fact, fact.yoy_delta),
        Cell(
            "",
            fact.history,
            kind,
            spark=Spark(fact.history, fact.target, tone(fact.status)),
        ),
        Cell(wording.word(fact.accountable_role), note=fact.owner),
        Cell(owed, tone="red" if owed else ""),
    )


def _change(wording: Wording, fact: Fact, delta: float | None, trend: str = "") -> Cell:
    kind = kind_of(fact.unit, fact.stat)
    note = wording.text(TRENDS[trend]) if trend in TRENDS else ""
    return Cell(
        wording.change(delta, fact.unit, fact.stat),
        (delta,),
        "points" if kind == "percent" else kind,
        note=note,
    )


def red_section(pack: Pack, wording: Wording) -> Section:
    """Red numbers with the command that lists their rows, the heaviest scopes, actions and comments."""
    text = wording.text
    columns = (
        Column(text("KPI"), 2.7, note=text("Detail")),
        Column(text("Value"), 1.1, "right"),
        Column(text("Target"), 1.1, "right"),
        Column(text("Months red"), 0.8, "right"),
        Column(text("Weighs most"), 3.6),
        Column(text("Rows behind it"), 3.3, parts=(text("n"), text("Command"))),
        Column(text("Open actions"), 1.2),
        Column(text("Comment"), 1.0),
    )
    rows = [_red(wording, red, pack) for red in pack.reds]
    table = Table(
        text("Red KPIs and their evidence"),
        text("Red KPIs"),
        columns,
        one_group(rows),
        note=text(
            "A share behind a scope is its part of everything that missed the target; rows are what the number was "
            "counted from, and the command lists them."
        ),
        empty=text("No KPI of this pack is red."),
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
        Cell("\n".join(_part(wording, fact, part) for part in red.parts) or "–"),
        Cell(
            text("rows: {n}", n=count),
            (fact.n, red.command),
            "integer",
            code=red.command,
        ),
        Cell(", ".join(red.actions) or text("none")),
        Cell(owed, tone="red" if owed else ""),
    )


def _part(wording: Wording, fact: Fact, part: Part) -> str:
    name = wording.name(part.scope_name)
    figure = wording.figure(part.value, fact.unit, fact.stat)
    if part.misses is None or not part.total:
        return f"{name}: {figure}"
    share = wording.language.percent(part.misses / part.total, 0)
    if fact.stat == "count":
        return f"{name}: {figure} ({share})"
    misses, total = (wording.language.number(value) for value in (part.misses, part.total))
    said = wording.text("{misses} of {total}", misses=misses, total=total)
    return f"{name}: {figure}, {said} ({share})"
