"""Targets of the seeds in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_SIGNS = {
    "lower": "≤",
    "higher": "≥",
    "less_than": "<",
    "greater_than": ">",
    "zero": "within ±",
}
_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def targets_in_words(unit: str, governed: str, rows: Sequence[Mapping[str, str]]) -> str:
    """Targets of one KPI, those that differ only in their scope said once.

    Args:
        unit: of the KPI in the registry.
        governed: its governed statistic, which the unit belongs to.
        rows: its lines in the seed of targets.
    """
    scopes: dict[str, list[str]] = {}
    for row in rows:
        scopes.setdefault(_wanted(unit, governed, row), []).append(_scope(row))
    return "; ".join(f"{wanted} for {', '.join(found)}" for wanted, found in scopes.items())


def _wanted(unit: str, governed: str, row: Mapping[str, str]) -> str:
    # A share beside a number of seconds or things is a share; a ratio that is governed bears the unit of the KPI.
    is_share = row["stat"] == "ratio" != governed
    own = "%" if is_share and unit in ("s", "count") else unit
    value = amount(own, float(row["target"]))
    if row["target_high"]:
        value += f" to {amount(own, float(row['target_high']))}"
    sign = _SIGNS.get(row["direction"], "")
    said = [row["stat"], f"{sign}{value}" if sign.endswith("±") else f"{sign} {value}".strip()]
    for column in ("layer", "variant", "clock"):
        if row[column] not in ("", "none"):
            said.append(f"{column} {row[column]}")
    return f"{said[0]} {', '.join(said[1:])} ({row['target_class']})"


def _scope(row: Mapping[str, str]) -> str:
    if row["scope_type"] == "company":
        return "company"
    return row["scope_type"] if row["scope_id"] == "*" else f"{row['scope_type']} {row['scope_id']}"


def amount(unit: str, value: float) -> str:
    """A stored value as people read it: fractions as per cent, seconds in the largest unit that divides them."""
    if unit == "s":
        return _duration(value)
    if unit in ("%", "pp or %"):
        return f"{value * 100:g} %"
    if unit.startswith("count of "):
        return f"{value:g} of {unit.removeprefix('count of ')}"
    return (
        f"{value:g}" if unit in ("count", "class", "ratio", "coefficient") else f"{value:g} {unit}"
    )


def _duration(seconds: float) -> str:
    for size, name in _STEPS:
        if seconds >= size and seconds % size == 0:
            # two days and less are read as hours
            if name == "d" and seconds <= 3 * size:
                continue
            return f"{seconds / size:g} {name}"
    return f"{seconds:g} s"
