"""Prints an explanation at the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.explain.evidence import Kind
from orchestration.explain.number import Explanation, Part
from orchestration.report import in_unit

_SHOWN_ROWS = 20
_PERIODS = {
    "PV": "in the month in which the verdict fell",
    "PR": "in the month of the reply",
    "PO": "in the month of opening",
    "PS": "in the month of the resolution",
    "PC": "in the month of the survey answer",
    "PE": "in the month of the event",
    "PN": "as it stood at the end of the month",
    "PW": "in the rolling window that ends with the month",
}
_STATUS_STYLE = {"green": "green", "amber": "yellow", "red": "red"}


def print_explanation(console: Console, explanation: Explanation) -> None:
    """The number, its making, its rows, and what was left out."""
    _print_card(console, explanation)
    listed: set[tuple[Any, ...]] = set()
    for lead, others in grouped(explanation):
        _print_part(console, lead)
        for part in others:
            _print_line(console, part, part.facts["stat"])
        # A twin clock and further statistics are made of the rows already listed: they are only counted.
        rows_key = tuple(lead.facts[name] for name in ("tenant_id", "layer", "variant"))
        _print_rows(console, lead, is_listed=rows_key not in listed)
        if lead.rows:
            listed.add(rows_key)
    beside = [part for part in explanation.parts if _is_beside(explanation, part)]
    if beside:
        console.print("\n[bold]Beside it[/bold] (rows with --variant NAME, or --csv FILE):")
    for part in beside:
        _print_line(console, part, _title(part, "variant", "layer", "stat"))
    if explanation.left_out:
        scope = explanation.question.scope_type
        is_narrow = scope in ("platform", "marketplace_account", "channel", "team")
        where = f"{scope.replace('_', ' ')} {explanation.scope_id}" if is_narrow else "the company"
        console.print(
            f"\n[bold]Not in the number[/bold], begun in this month in {where}:", highlight=False
        )
        for reason, count in explanation.left_out:
            console.print(f"  {count:>8,}  {reason}", highlight=False, soft_wrap=True)


def grouped(explanation: Explanation) -> list[tuple[Part, list[Part]]]:
    """Statistics of the same durations together, the governed one (else the card's) first; everything else alone."""
    groups: dict[tuple[Any, ...], list[Part]] = {}
    for place, part in enumerate(explanation.parts):
        if _is_beside(explanation, part):
            continue
        names = ("tenant_id", "kpi_version", "layer", "variant", "clock")
        same = tuple(part.facts[name] for name in names)
        key = same if part.kind is Kind.DURATIONS else (*same, place)
        groups.setdefault(key, []).append(part)
    headline = explanation.definition["stat"]

    def rank(part: Part) -> tuple[bool, bool, str]:
        stat = part.facts["stat"]
        return (not part.facts["is_governed"], stat != headline, stat)

    ordered = [sorted(parts, key=rank) for parts in groups.values()]
    return [(parts[0], parts[1:]) for parts in ordered]


def _is_beside(explanation: Explanation, part: Part) -> bool:
    """Companion figures take one line each, unless they are what was asked for."""
    return part.is_companion and explanation.question.variant is None


def _title(part: Part, *keys: str) -> str:
    return " · ".join(str(part.facts[key]) for key in keys if part.facts[key] != "none")


def _value(part: Part) -> str:
    """The number and, where the KPI has one, its class or the name of what it is about."""
    facts = part.facts
    number = in_unit(_number(facts["value"]), part.unit, facts["stat"])
    return " · ".join(text for text in (number, facts["value_text"]) if text) or "–"


def _print_line(console: Console, part: Part, label: str) -> None:
    """A statistic of the same rows, or a companion figure, in one line."""
    facts = part.facts
    unit = part.unit
    bounds = [in_unit(_number(facts[name]), unit, facts["stat"]) for name in ("ci_low", "ci_high")]
    interval = f" (95 % interval {' to '.join(bounds)})" if all(bounds) else ""
    wrong = f" [red]{'; '.join(part.disagreements)}[/red]" if part.disagreements else ""
    status = "" if facts["status"].startswith("grey") else f", {facts['status']}"
    _line(console, label, f" {_value(part)}{interval}{status}{wrong}", markup=True)


def _print_card(console: Console, explanation: Explanation) -> None:
    question, definition = explanation.question, explanation.definition
    scope = question.scope_type.replace("_", " ")
    where = scope if scope == explanation.scope_id else f"{scope} {explanation.scope_id}"
    console.print(
        f"[bold]{definition['name']}[/bold] ({question.kpi_id}, version {definition['kpi_version']}) · "
        f"{question.month:%Y-%m} · {where}",
        highlight=False,
        soft_wrap=True,
    )
    period = str(definition["period"] or "")
    made = f"intermediate.{explanation.model.name}" if explanation.model.name else "not computed"
    for label, text in (
        ("formula", definition["formula"]),
        ("numerator", definition["numerator_meaning"]),
        ("denominator", definition["denominator_meaning"]),
        ("counted", _PERIODS.get(period, period)),
        ("in whose name", definition["attribution"]),
        ("made in", made),
        ("definition", str(definition["definition_hash"])[:12]),
    ):
        _line(console, label, text)


def _print_part(console: Console, part: Part) -> None:
    facts = part.facts
    unit, stat = part.unit, facts["stat"]

    def shown(name: str) -> str:
        return in_unit(_number(facts[name]), unit, stat)

    title = _title(part, "stat", "clock", "layer", "variant")
    governed = "" if facts["is_governed"] else " (information)"
    console.print(f"\n[bold]{title}[/bold]{governed}", highlight=False)
    _line(console, "value", _value(part))
    if facts["ci_low"] is not None or facts["ci_high"] is not None:
        low, high = shown("ci_low") or "no bound", shown("ci_high") or "no bound"
        _line(console, "95 % interval", f"{low} to {high}")
    for name in ("numerator", "denominator", "n"):
        _line(console, name, _plain(facts[name]))
    if facts["target"] is not None:
        high_end = f" to {shown('target_high')}" if facts["target_high"] is not None else ""
        _line(
            console,
            "target",
            f"{shown('target')}{high_end} ({facts['direction']}), class {facts['target_class']}, "
            f"version {facts['target_version_id']}, tolerance {shown('amber_tolerance')}",
        )
    style = _STATUS_STYLE.get(facts["status"], "dim")
    _line(
        console, "status", f"[{style}]{facts['status']}[/{style}] · {_why(part, unit)}", markup=True
    )
    if facts["provisional_reason"]:
        _line(console, "provisional", facts["provisional_reason"])
    accountable = " · ".join(
        str(text)
        for text in (
            facts["accountable_role"],
            facts["accountable_name"] or facts["accountable_person"],
        )
        if text
    )
    _line(console, "accountable", accountable)
    for name, value in part.extras.items():
        _line(console, name, _plain(value) if isinstance(value, (int, float)) else value)
    _print_presented(console, part, unit)


def _why(part: Part, unit: str) -> str:
    """Why the status is what it is (catalogue §10.2), in words."""
    facts = part.facts
    if facts["status_reason"]:
        return str(facts["status_reason"])
    gap = _number(facts["gap_to_target"])
    if gap is None:
        return "the class that the platform states"
    size = in_unit(abs(gap), unit, facts["stat"])
    if facts["status"] == "green":
        return "on target" if gap == 0 else f"on target with {size} to spare"
    tolerance = in_unit(_number(facts["amber_tolerance"]), unit, facts["stat"])
    if facts["status"] == "amber":
        if gap == 0:
            return "equal to a target that must be passed"
        return f"misses the target by {size}, within the tolerance of {tolerance}"
    return f"misses the target by {size}, more than the tolerance of {tolerance}"


def _print_presented(console: Console, part: Part, unit: str) -> None:
    """What the forum saw against what is known now; nothing while the month has not been closed."""
    facts = part.facts
    _line(console, "close state", facts["close_state"])
    if facts["presented_as_of"] is None:
        return

    def shown(value: Any) -> str:
        return in_unit(_number(value), unit, facts["stat"]) or "–"

    _line(
        console,
        "presented",
        f"{shown(facts['value_presented'])}, n {_plain(facts['n_presented'])}, {facts['status_presented']}, "
        f"as known at {facts['presented_as_of']:%Y-%m-%d %H:%M} UTC",
    )
    is_same = facts["value_presented"] == facts["value"] and facts["n_presented"] == facts["n"]
    now = f"{shown(facts['value'])}, n {_plain(facts['n'])}, {facts['status']}"
    _line(console, "known now", "as presented" if is_same else now)
    for row in part.restatements:
        detail = row.get("detail")
        old, new = (
            row.get(f"{side}_value_text") or shown(row.get(f"{side}_value"))
            for side in ("old", "new")
        )
        change = f"{old} → {new}"
        statuses = (row.get("old_status"), row.get("new_status"))
        if statuses[0] != statuses[1]:
            change += f", {statuses[0]} → {statuses[1]}"
        text = f"{row['detected_at']:%Y-%m-%d} {change}: {row['reason_code']}"
        _line(console, "restated", f"{text}, {detail}" if detail else text)


def _print_rows(console: Console, part: Part, is_listed: bool) -> None:
    if part.kind is Kind.NONE:
        _line(console, "rows", _why_no_rows(part))
        return
    if part.kind is Kind.RECOMPUTED and not part.rows:
        _line(
            console,
            "rows",
            "none: computed as a whole, and nothing was counted for it",
        )
        return
    rules = part.owner_rules()
    if rules:
        _line(
            console,
            "owners by rule",
            ", ".join(f"{rule} {count:,}" for rule, count in rules.items()),
        )
    _print_agreement(console, part)
    if not is_listed or not part.rows:
        return
    console.print(_table(part))
    if len(part.rows) > _SHOWN_ROWS:
        console.print(
            f"  … and {len(part.rows) - _SHOWN_ROWS:,} more; --csv FILE writes all", highlight=False
        )


def _why_no_rows(part: Part) -> str:
    """Nothing happened, or it cannot be known; what is known of it is named, never added up."""
    if part.facts["status"] != "grey_not_measurable":
        return "none: nothing was counted"
    reason = part.facts["status_reason"]
    if part.uncounted == 0:
        return f"none: {reason}"
    return f"none counted: {part.uncounted:,} exist, which would be a part only, because {reason}"


def _print_agreement(console: Console, part: Part) -> None:
    count = f"{len(part.rows):,}"
    if part.kind is Kind.PUBLISHED:
        _line(console, "snapshots", f"{count}, as the platform published them")
    elif part.disagreements:
        text = f"[red]{count}, which do not add up: {'; '.join(part.disagreements)}[/red]"
        _line(console, "rows", text, markup=True)
    elif part.is_whole_with_rows:
        added = [name for name, found in part.found.items() if found is not None]
        also = f"; their {' and '.join(added)} add up to the mart exactly" if added else ""
        _line(console, "rows", f"{count}, from which the value is computed as a whole{also}")
    else:
        _line(console, "rows", f"{count}, which add up to the mart exactly")


_HEADINGS = {
    "at (UTC)": ("happened_at", "left"),
    "ticket": ("ticket_id", "left"),
    "what": ("detail", "left"),
    "numerator": ("numerator", "right"),
    "denominator": ("denominator", "right"),
    "seconds": ("seconds", "right"),
    "rate": ("rate", "right"),
    "limit": ("target_value", "right"),
    "account": ("marketplace_account_id", "left"),
    "channel": ("channel_id", "left"),
    "team": ("team", "left"),
    "agent": ("agent", "left"),
    "subject": ("subject_id", "left"),
    "owner rule": ("owner_rule", "left"),
}


def _table(part: Part) -> Table:
    """The first rows, with the columns that say something."""
    rows = part.rows[:_SHOWN_ROWS]
    used = {
        heading: (column, justify)
        for heading, (column, justify) in _HEADINGS.items()
        if any(row.get(column) is not None for row in rows)
        # A denominator of ones is a row count.
        and not (column == "denominator" and all(row[column] == 1 for row in rows))
    }
    table = Table(box=None, padding=(0, 2, 0, 2), header_style="dim")
    for heading, (column, justify) in used.items():
        table.add_column(heading, justify=justify, no_wrap=column == "happened_at")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(_cell(column, row.get(column)) for column, _ in used.values()))
    return table


def _cell(column: str, value: Any) -> str:
    if value is None:
        return ""
    if column == "happened_at":
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, str):
        # Square brackets of a tag or channel are no markup.
        return value.replace("[", "\\[")
    return _plain(value)


def _line(console: Console, label: str, text: Any, markup: bool = False) -> None:
    if text is None or text == "":
        return
    console.print(
        f"  {label:<15}{text}", highlight=False, soft_wrap=True, markup=markup, emoji=False
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    number = float(value)
    return f"{number:,.0f}" if number.is_integer() else f"{number:,.6g}"
