"""Prints an explanation at the terminal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from orchestration.explain.number import Explanation, Part
from orchestration.explain.relations import Kind
from orchestration.figures import duration, in_unit, plain_number, with_durations
from orchestration.kpi_table import STATUS_STYLES
from orchestration.presenting.words import STATUSES
from orchestration.terminal import Cell, Column, Terminal, Text, styled

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


def print_explanation(
    terminal: Terminal, explanation: Explanation, names_tenant: bool = False
) -> None:
    """The number, its making, its rows, and what was left out.

    Args:
        terminal: where to.
        explanation: of one tenant.
        names_tenant: the warehouse has several, so the block says whose it is.
    """
    if names_tenant:
        terminal.line(styled(f"Tenant {explanation.question.tenant_id}", "bold"))
    _print_card(terminal, explanation)
    listed: set[tuple[Any, ...]] = set()
    for lead, others in grouped(explanation):
        _print_part(terminal, lead)
        for part in others:
            _print_line(terminal, part, part.facts["stat"])
        # A twin clock and further statistics are made of the rows already listed: they are only counted.
        rows_key = tuple(lead.facts[name] for name in ("tenant_id", "layer", "variant"))
        _print_rows(terminal, lead, is_listed=rows_key not in listed)
        if lead.rows:
            listed.add(rows_key)
    beside = [part for part in explanation.parts if _is_beside(explanation, part)]
    if beside:
        terminal.blank()
        terminal.line(styled("Beside it", "bold"), " (rows with --variant NAME, or --csv FILE):")
    for part in beside:
        _print_line(terminal, part, _title(part, "variant", "layer", "stat"))
    if explanation.left_out:
        scope = explanation.question.scope_type
        is_narrow = scope in ("platform", "marketplace_account", "channel", "team")
        place = explanation.scope_name or explanation.scope_id
        where = f"{scope.replace('_', ' ')} {place}" if is_narrow else "the company"
        terminal.blank()
        terminal.line(styled("Not in the number", "bold"), f", begun in this month in {where}:")
        for reason, count in explanation.left_out:
            terminal.line(f"  {count:>8,}  {reason}")


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


def _word(status: str | None) -> str:
    """Where a number stands, as pages and packs say it."""
    return STATUSES.get(status or "", status or "–")


def _title(part: Part, *keys: str) -> str:
    return " · ".join(str(part.facts[key]) for key in keys if part.facts[key] != "none")


def _value(part: Part) -> str:
    """The number and, where the KPI has one, its class or the name of what it is about."""
    facts = part.facts
    number = in_unit(_number(facts["value"]), part.unit, facts["stat"])
    return " · ".join(text for text in (number, facts["value_text"]) if text) or "–"


def _print_line(terminal: Terminal, part: Part, label: str) -> None:
    """A statistic of the same rows, or a companion figure, in one line."""
    facts = part.facts
    unit = part.unit
    bounds = [in_unit(_number(facts[name]), unit, facts["stat"]) for name in ("ci_low", "ci_high")]
    interval = f" (95 % interval {' to '.join(bounds)})" if all(bounds) else ""
    wrong = styled(f" {'; '.join(part.disagreements)}" if part.disagreements else "", "red")
    is_grey = facts["status"].startswith("grey")
    status = "" if is_grey else f", {_word(facts['status'])}"
    _line(terminal, label, f" {_value(part)}{interval}{status}", wrong)


def _print_card(terminal: Terminal, explanation: Explanation) -> None:
    question, definition = explanation.question, explanation.definition
    scope = question.scope_type.replace("_", " ")
    place = explanation.scope_name or explanation.scope_id
    where = scope if scope == explanation.scope_id else f"{scope} {place}"
    terminal.line(
        styled(definition["name"], "bold"),
        f" ({question.kpi_id}, version {definition['kpi_version']}) · {question.month:%Y-%m} · {where}",
    )
    period = str(definition["period"] or "")
    made = explanation.model.name or "not computed"
    for label, text in (
        ("formula", definition["formula"]),
        ("numerator", definition["numerator_meaning"]),
        ("denominator", definition["denominator_meaning"]),
        ("counted", _PERIODS.get(period, period)),
        ("in whose name", definition["attribution"]),
        ("made in", made),
        ("definition", str(definition["definition_hash"])[:12]),
    ):
        _line(terminal, label, text)


def _print_part(terminal: Terminal, part: Part) -> None:
    facts = part.facts
    unit, stat = part.unit, facts["stat"]

    def shown(name: str) -> str:
        return in_unit(_number(facts[name]), unit, stat)

    title = _title(part, "stat", "clock", "layer", "variant")
    governed = "" if facts["is_governed"] else " (information)"
    terminal.blank()
    terminal.line(styled(title, "bold"), governed)
    _line(terminal, "value", _value(part))
    if facts["ci_low"] is not None or facts["ci_high"] is not None:
        low, high = shown("ci_low") or "no bound", shown("ci_high") or "no bound"
        _line(terminal, "95 % interval", f"{low} to {high}")
    for name in ("numerator", "denominator", "n"):
        _line(terminal, name, _figure(facts[name], name in part.in_seconds))
    if facts["target"] is not None:
        high_end = f" to {shown('target_high')}" if facts["target_high"] is not None else ""
        _line(
            terminal,
            "target",
            f"{shown('target')}{high_end} ({facts['direction']}), class {facts['target_class']}, "
            f"version {facts['target_version_id']}, tolerance {shown('amber_tolerance')}",
        )
    status = styled(_word(facts["status"]), STATUS_STYLES.get(facts["status"], "dim"))
    _line(terminal, "status", status, f" · {_why(part, unit)}")
    if facts["provisional_reason"]:
        _line(terminal, "provisional", facts["provisional_reason"])
    accountable = " · ".join(
        str(text)
        for text in (
            facts["accountable_role"],
            facts["accountable_name"] or facts["accountable_person"],
        )
        if text
    )
    _line(terminal, "accountable", accountable)
    for name, value in part.extras.items():
        _line(terminal, name, _extra(name, value))
    _print_presented(terminal, part, unit)


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
        return "just so" if gap == 0 else f"with {size} to spare"
    tolerance = in_unit(_number(facts["amber_tolerance"]), unit, facts["stat"])
    if facts["status"] == "amber":
        if gap == 0:
            return "equal to a target that must be passed"
        return f"misses the target by {size}, within the tolerance of {tolerance}"
    return f"misses the target by {size}, more than the tolerance of {tolerance}"


def _print_presented(terminal: Terminal, part: Part, unit: str) -> None:
    """What the forum saw against what is known now; nothing while the month has not been closed."""
    facts = part.facts
    _line(terminal, "close state", facts["close_state"])
    if facts["presented_as_of"] is None:
        return

    def shown(value: Any) -> str:
        return in_unit(_number(value), unit, facts["stat"]) or "–"

    _line(
        terminal,
        "presented",
        f"{shown(facts['value_presented'])}, n {_figure(facts['n_presented'])}, {_word(facts['status_presented'])}, "
        f"as known at {facts['presented_as_of']:%Y-%m-%d %H:%M} UTC",
    )
    is_same = facts["value_presented"] == facts["value"] and facts["n_presented"] == facts["n"]
    now = f"{shown(facts['value'])}, n {_figure(facts['n'])}, {_word(facts['status'])}"
    _line(terminal, "known now", "as presented" if is_same else now)
    for row in part.restatements:
        detail = row.get("detail")
        old, new = (
            row.get(f"{side}_value_text") or shown(row.get(f"{side}_value"))
            for side in ("old", "new")
        )
        change = f"{old} → {new}"
        statuses = (row.get("old_status"), row.get("new_status"))
        if statuses[0] != statuses[1]:
            change += f", {_word(statuses[0])} → {_word(statuses[1])}"
        text = f"{row['detected_at']:%Y-%m-%d} {change}: {row['reason_code']}"
        _line(terminal, "restated", f"{text}, {detail}" if detail else text)


def _print_rows(terminal: Terminal, part: Part, is_listed: bool) -> None:
    if part.kind is Kind.NONE:
        _line(terminal, "rows", _why_no_rows(part))
        return
    if part.kind is Kind.RECOMPUTED and not part.rows:
        _line(
            terminal,
            "rows",
            "none: computed as a whole, and nothing was counted for it",
        )
        return
    rules = part.owner_rules()
    if rules:
        _line(
            terminal,
            "owners by rule",
            ", ".join(f"{rule} {count:,}" for rule, count in rules.items()),
        )
    _print_agreement(terminal, part)
    if not is_listed or not part.rows:
        return
    _print_table(terminal, part)
    if part.count > _SHOWN_ROWS:
        terminal.line(f"  … and {part.count - _SHOWN_ROWS:,} more; --csv FILE writes all")


def _why_no_rows(part: Part) -> str:
    """Nothing happened, or it cannot be known; what is known of it is named, never added up."""
    if part.facts["status"] != "grey_not_measurable":
        return "none: nothing was counted"
    reason = part.facts["status_reason"]
    if part.uncounted == 0:
        return f"none: {reason}"
    return f"none counted: {part.uncounted:,} exist, which would be a part only, because {reason}"


def _print_agreement(terminal: Terminal, part: Part) -> None:
    count = f"{part.count:,}"
    if part.kind is Kind.PUBLISHED:
        _line(terminal, "snapshots", f"{count}, as the platform published them")
    elif part.disagreements:
        text = f"{count}, which do not add up: {'; '.join(part.disagreements)}"
        _line(terminal, "rows", styled(text, "red"))
    elif part.is_whole_with_rows:
        added = [name for name, found in part.found.items() if found is not None]
        also = f"; their {' and '.join(added)} add up to the mart exactly" if added else ""
        _line(terminal, "rows", f"{count}, from which the value is computed as a whole{also}")
    else:
        _line(terminal, "rows", f"{count}, which add up to the mart exactly")


_TEXTS = ("detail", "team", "agent")
"""Columns that may be wrapped between words; ids stay whole."""
_HEADINGS = {
    "at (UTC)": ("happened_at", "left"),
    "ticket": ("ticket_id", "left"),
    "what": ("detail", "left"),
    "numerator": ("numerator", "right"),
    "denominator": ("denominator", "right"),
    "duration": ("seconds", "right"),
    "rate": ("rate", "right"),
    "limit": ("target_value", "right"),
    "account": ("marketplace_account_id", "left"),
    "channel": ("channel_id", "left"),
    "team": ("team", "left"),
    "agent": ("agent", "left"),
    "subject": ("subject_id", "left"),
    "owner rule": ("owner_rule", "left"),
}


def _print_table(terminal: Terminal, part: Part) -> None:
    """The first rows, with the columns that say something."""
    rows = part.rows[:_SHOWN_ROWS]
    used = {
        heading: (column, justify)
        for heading, (column, justify) in _HEADINGS.items()
        if any(row.get(column) is not None for row in rows)
        # A denominator of ones is a row count.
        and not (column == "denominator" and all(row[column] == 1 for row in rows))
    }
    heads = [
        Column(heading, "right" if justify == "right" else "left", whole=column not in _TEXTS)
        for heading, (column, justify) in used.items()
    ]
    cells = [[_cell(part, column, row.get(column)) for column, _ in used.values()] for row in rows]
    terminal.table(heads, cells)


def _cell(part: Part, column: str, value: Any) -> str:
    if value is None:
        return ""
    if column == "happened_at":
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, str):
        return with_durations(value) if column == "detail" else value
    return _figure(value, column == "seconds" or column in part.in_seconds)


def _extra(name: str, value: Any) -> Any:
    """A figure beside the number; the names of durations end in ``_s``."""
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        return value
    return _figure(value, name.endswith("_s"))


def _line(terminal: Terminal, label: str, text: Any, more: Cell = "") -> None:
    if text is None or text == "":
        return
    terminal.line(f"  {label:<15}", text if isinstance(text, Text) else str(text), more)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _figure(value: Any, is_seconds: bool = False) -> str:
    if value is None:
        return ""
    return duration(float(value)) if is_seconds else plain_number(float(value))
