"""Prints an explanation at the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.explain.number import Explanation, Part
from orchestration.report import in_unit

_SHOWN_ROWS = 20


def print_explanation(console: Console, explanation: Explanation) -> None:
    """The number, its making, its rows, and what was left out."""
    question, definition = explanation.question, explanation.definition
    console.print(
        f"[bold]{definition['name']}[/bold] ({question.kpi_id}) · {question.month:%Y-%m} · "
        f"{question.scope_type} {explanation.scope_id}",
        highlight=False,
    )
    for label, name in (
        ("formula", "formula"),
        ("numerator", "numerator_meaning"),
        ("denominator", "denominator_meaning"),
    ):
        if definition.get(name):
            console.print(f"  {label:<14}{definition[name]}", highlight=False, soft_wrap=True)
    for part in explanation.parts:
        _print_part(console, part, definition["unit"])
    if explanation.left_out:
        console.print("\nLeft out everywhere in this month:")
        for reason, count in explanation.left_out:
            console.print(f"  {count:>8,}  {reason}", highlight=False)


def _print_part(console: Console, part: Part, unit: str) -> None:
    facts = part.facts
    governed = "" if facts["is_governed"] else " (information)"
    console.print(f"\n[bold]{part.title or 'value'}[/bold]{governed}", highlight=False)
    value = facts["value_text"] or in_unit(_number(facts["value"]), unit, facts["stat"]) or "–"
    lines: list[tuple[str, Any]] = [
        ("value", value),
        ("numerator", _plain(facts["numerator"])),
        ("denominator", _plain(facts["denominator"])),
        ("n", _plain(facts["n"])),
        ("status", " · ".join(text for text in (facts["status"], facts["status_reason"]) if text)),
    ]
    if facts["target"] is not None:
        target = in_unit(_number(facts["target"]), unit, facts["stat"])
        lines.append(
            ("target", f"{target} ({facts['target_class']}, {facts['target_version_id']})")
        )
    if facts["accountable_role"]:
        lines.append(("accountable", facts["accountable_role"]))
    for label, text in lines:
        if text:
            console.print(f"  {label:<14}{text}", highlight=False, soft_wrap=True)
    rules = part.owner_rules()
    if rules:
        shown = ", ".join(f"{rule} {count:,}" for rule, count in rules.items())
        console.print(f"  {'owners by':<14}{shown}", highlight=False, soft_wrap=True)
    _print_rows(console, part)


def _print_rows(console: Console, part: Part) -> None:
    if not part.has_rows:
        console.print("  rows          none to list: the value is published or taken from a window")
        return
    numerator = sum(row["numerator"] or 0 for row in part.rows)
    if part.agrees:
        console.print(
            f"  rows          {len(part.rows):,} found in core, as the mart counts", highlight=False
        )
    else:
        console.print(
            f"  [red]rows          {len(part.rows):,} found in core with numerator {numerator:,}, "
            f"the mart counts {part.expected_rows:,} with {_plain(part.facts['numerator'])}[/red]",
            highlight=False,
            soft_wrap=True,
        )
    if not part.rows:
        return
    table = Table(box=None, padding=(0, 2, 0, 2))
    for heading in ("at (UTC)", "ticket", "what", "seconds", "channel", "team", "owner rule"):
        table.add_column(heading, justify="right" if heading == "seconds" else "left")
    for row in part.rows[:_SHOWN_ROWS]:
        table.add_row(
            f"{row['at']:%Y-%m-%d %H:%M:%S}",
            row["ticket_id"] or "",
            row["what"] or "",
            _plain(row["seconds"]),
            row["channel_id"] or "",
            row["team"] or "",
            row["owner_rule"] or "",
        )
    console.print(table)
    if len(part.rows) > _SHOWN_ROWS:
        console.print(f"  … and {len(part.rows) - _SHOWN_ROWS:,} more; --csv FILE writes all")


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    number = float(value)
    return f"{number:,.0f}" if number.is_integer() else f"{number:,.6g}"
