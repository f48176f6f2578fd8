"""Limits of published marketplace figures (catalogue §8) and the defects they still allow (card `health_headroom`)."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from orchestration.settings import DBT_DIR
from tests.oracle.world.canonical_rows import Row

_RULES: Path = DBT_DIR / "seeds" / "seed_marketplace_rules.csv"


@dataclass(frozen=True)
class Limit:
    """A limit in force; ``guard`` = defects that are tolerated whatever the rate."""

    value: Decimal | None = None
    condition: str | None = None
    source: str | None = None
    guard: int | None = None


@cache
def _rules() -> tuple[dict[str, str], ...]:
    with _RULES.open(newline="", encoding="utf-8") as stream:
        rows = csv.DictReader(stream)
        return tuple(row for row in rows if row["metric"] and row["limit_value"])


def limit_of(account: Row, metric: str, row: Row | None, day: date) -> Limit:
    """The limit the platform delivers, else that of the account's site, else of the platform."""
    name = metric.replace("_est", "")
    rules = [rule for rule in _rules() if _holds(rule, account, name, day)]
    rule = min(rules, key=lambda r: r["site"] == "", default=None)
    value = Decimal(rule["limit_value"]) if rule else None
    condition = rule["limit_condition"] if rule else None
    guard = int(rule["count_guard"]) if rule and rule["count_guard"] else None
    if row is not None and row["target_value"] is not None:
        told = row["target_condition"] or condition
        return Limit(Decimal(str(row["target_value"])), told, "platform", guard)
    return Limit(value, condition, "rule" if rule else None, guard)


def _holds(rule: dict[str, str], account: Row, metric: str, day: date) -> bool:
    is_valid = date.fromisoformat(rule["valid_from"]) <= day
    is_valid &= not rule["valid_to"] or day < date.fromisoformat(rule["valid_to"])
    is_here = rule["platform"] == account["platform"] and rule["site"] in ("", account["site"])
    return is_valid and is_here and rule["metric"] == metric


def on_target(value: Decimal | None, limit: Limit) -> bool | None:
    """Whether a figure keeps its limit; null where there is no figure or no limit."""
    if value is None or limit.value is None or limit.condition is None:
        return None
    return {
        "less_than": value < limit.value,
        "less_or_equal": value <= limit.value,
        "greater_than": value > limit.value,
        "greater_or_equal": value >= limit.value,
        "equals": value == limit.value,
    }[limit.condition]


def room(
    numerator: Decimal | None, denominator: Decimal | None, volume: Decimal | None, limit: Limit
) -> int | None:
    """Defects left at a volume (F27); of rates that must be high a defect is a case missing from the numerator."""
    is_unknown = numerator is None or denominator is None or volume is None
    if is_unknown or not denominator or limit.value is None:
        return None
    assert numerator is not None and denominator is not None and volume is not None
    allowed = limit.value if str(limit.condition).startswith("less") else 1 - limit.value
    left = {
        "less_than": math.ceil(allowed * volume) - 1 - numerator,
        "less_or_equal": math.floor(allowed * volume) - numerator,
        "greater_than": math.ceil(allowed * volume) - 1 - (denominator - numerator),
        "greater_or_equal": math.floor(allowed * volume) - (denominator - numerator),
    }.get(limit.condition or "")
    if left is None:
        return None
    if limit.guard is not None and str(limit.condition).startswith("less"):
        left = max(left, limit.guard - numerator)
    return int(left)


def says_nothing(
    left: int, numerator: Decimal | None, cases: Decimal | None, condition: str | None
) -> bool:
    """Whether a limit allows so few defects in all that those left tell nothing; one that ten cases break is broken."""
    assert numerator is not None and cases is not None
    defects = numerator if str(condition).startswith("less") else cases - numerator
    is_broken = left < 0 and cases >= 10
    return left + defects < 5 and not is_broken
