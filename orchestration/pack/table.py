"""The KPI table of a pack, and how many numbers of it are in which status."""

from __future__ import annotations

from itertools import groupby

from orchestration.pack.document import (
    FEW_ROWS,
    Cell,
    Column,
    Group,
    Section,
    Spark,
    Table,
    one_group,
)
from orchestration.pack.numbers import JUDGED, NAMED_GROUPS, Fact, Pack
from orchestration.pack.wording import Wording, kind_of, together, tone
from orchestration.presenting.words import STATUSES, TRENDS


def kpi_section(pack: Pack, wording: Wording) -> Section:
    """The table of the month; what has no number at all stands among the data caveats."""
    text = wording.text
    shown = [fact for fact in pack.facts if fact.value is not None or fact.value_text]
    shown.sort(key=lambda fact: (fact.scope_id, fact.kpi_group, _rank(fact)))
    reasons = _reasons(wording, shown)
    groups = [
        Group(title, tuple(_row(wording, fact, reasons) for fact in facts))
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
        )
        + "".join(f" ({number}) {said}." for said, number in reasons.items()),
        empty=text("Nothing was counted in this month."),
    )
    return Section("kpis", text("KPI table"), lead, (table,), has_own_page=len(shown) > FEW_ROWS)


def overview_section(pack: Pack, wording: Wording) -> Section:
    """How many numbers of each group, or of each team, are in which status."""
    text = wording.text
    titles = [text(STATUSES[status]) for status in JUDGED]
    columns = (
        Column(
            text("Group") if pack.scope_type == "company" else wording.word(pack.scope_type), 3.4
        ),
        *(Column(title, 1.2, "right") for title in titles),
        Column(text("without a colour"), 1.4, "right"),
        Column(text("comments owed"), 1.4, "right"),
    )
    parts: dict[str, list[Fact]] = {}
    for fact in pack.facts:
        named = text(NAMED_GROUPS.get(fact.kpi_group, fact.kpi_group))
        title = named if pack.scope_type == "company" else wording.name(fact.scope_name)
        parts.setdefault(title, []).append(fact)
    rows = [_overview(wording, title, facts) for title, facts in parts.items()]
    table = Table(
        text("Where it stands"),
        text("Overview"),
        columns,
        one_group(rows),
        empty=text("Nothing was counted in this month."),
    )
    return Section("overview", table.title, text("Numbers by group and status."), (table,))


def _overview(wording: Wording, title: str, facts: list[Fact]) -> tuple[Cell, ...]:
    def count(found: int, tone_: str = "") -> Cell:
        shown = tone_ if found else ""
        return Cell(wording.language.number(found), (found,), "integer", tone=shown, icon=shown)

    return (
        Cell(title, is_strong=True),
        *(count(sum(fact.status == status for fact in facts), status) for status in JUDGED),
        count(sum(fact.status not in JUDGED for fact in facts)),
        count(sum(fact.is_comment_owed for fact in facts)),
    )


def _grouped(pack: Pack, wording: Wording, facts: list[Fact]) -> list[tuple[str, list[Fact]]]:
    """By group of the registry, and by scope first where there are several."""
    found = []
    for (scope, group), rows in groupby(facts, lambda fact: (fact.scope_name, fact.kpi_group)):
        title = wording.text(NAMED_GROUPS.get(group, group))
        if pack.scope_type != "company":
            title = f"{wording.name(scope)} · {title}"
        found.append((title, list(rows)))
    return found


def _rank(fact: Fact) -> int:
    """What needs a look stands above within a group; names stay in order among equals."""
    return JUDGED.index(fact.status) if fact.status in JUDGED else len(JUDGED)


def _columns(pack: Pack, wording: Wording) -> tuple[Column, ...]:
    text, month = wording.text, wording.language.month
    return (
        Column(text("KPI"), 3.25, note=text("Detail")),
        Column(text("Value"), 1.25, "right"),
        Column(text("95 % interval"), 1.65, "right", parts=(text("Low"), text("High"))),
        Column("n", 0.7, "right"),
        Column(text("Target"), 1.3, "right", parts=(text("Target"), text("Class"))),
        Column(text("Status"), 1.6),
        Column(text("To last month"), 1.4, "right"),
        Column(text("To last year"), 1.4, "right"),
        Column(
            text("13 months"),
            1.5,
            "center",
            parts=tuple(month(each, short=True) for each in pack.months),
        ),
        Column(text("Owner"), 1.75),
        Column(text("Comment"), 1.55),
    )


def _reasons(wording: Wording, facts: list[Fact]) -> dict[str, int]:
    """Why numbers are not compared, each once with its number, in the order of the rows."""
    found: dict[str, int] = {}
    for fact in facts:
        for reason in (fact.mom_reason, fact.yoy_reason):
            if reason:
                found.setdefault(wording.language.sentence(reason), len(found) + 1)
    return found


def _row(wording: Wording, fact: Fact, reasons: dict[str, int]) -> tuple[Cell, ...]:
    kind = kind_of(fact.unit, fact.stat)
    fine = fact.target or fact.value
    bounds = [
        wording.figure(end, fact.unit, fact.stat, fine) for end in (fact.ci_low, fact.ci_high)
    ]
    target = wording.target(fact)
    now = wording.figure(fact.current_value, fact.unit, fact.stat, fine)
    owed = wording.text("owed") if fact.is_comment_owed else ""
    target_class = fact.target_class or ""
    return (
        Cell(wording.name(fact.name), note=_detail(wording, fact), is_strong=True),
        Cell(
            wording.value(fact),
            (wording.told(fact.value_text) if fact.value is None else fact.value,),
            "text" if fact.value is None else kind,
            note=wording.text("now {value}", value=now) if now else "",
            is_strong=True,
        ),
        Cell(_interval(*bounds), (fact.ci_low, fact.ci_high), kind),
        Cell(wording.language.number(fact.n), (fact.n,), "integer"),
        Cell(target, (fact.target, target_class), kind, note=target_class),
        wording.status(fact.status),
        _change(wording, fact, fact.mom_delta, fact.mom_reason, reasons, trend=fact.trend_3m),
        _change(wording, fact, fact.yoy_delta, fact.yoy_reason, reasons),
        Cell(
            "",
            fact.history,
            kind,
            spark=Spark(fact.history, fact.target, tone(fact.status)),
        ),
        Cell(wording.word(fact.accountable_role), note=fact.owner),
        Cell(owed, tone="red" if owed else ""),
    )


def _interval(low: str, high: str) -> str:
    """Both ends, or the one that is known: few observations may leave the other open."""
    if low and high:
        return f"{low} – {high}"
    return together(f"≥ {low}") if low else together(f"≤ {high}") if high else ""


def _detail(wording: Wording, fact: Fact) -> str:
    """What tells the number from others, and below it what a number with a name is about."""
    about = wording.told(fact.value_text) if fact.value is not None else ""
    return "\n".join(part for part in (wording.marks(fact), about) if part)


def _change(
    wording: Wording,
    fact: Fact,
    delta: float | None,
    reason: str | None,
    reasons: dict[str, int],
    trend: str = "",
) -> Cell:
    """A difference to another month, or that there is none with the number of its reason below the table."""
    if delta is None and reason:
        said = wording.language.sentence(reason)
        short = wording.text("not compared ({number})", number=reasons[said])
        return Cell("", (said,), note=short)
    kind = kind_of(fact.unit, fact.stat)
    note = wording.text(TRENDS[trend]) if trend in ("improving", "worsening") else ""
    return Cell(
        wording.change(delta, fact.unit, fact.stat),
        (delta,),
        "points" if kind == "percent" else kind,
        note=note,
    )
