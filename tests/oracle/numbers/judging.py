"""How one monthly number is judged: target, change, trend, streak (catalogue §10.2)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.oracle.comparison.rows import Out
from tests.oracle.numbers.known_months import reasons
from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.snapshots import counted, first_fact, months
from tests.oracle.numbers.statistics import local_day
from tests.oracle.reasons.reasons import ages_of, opened_tickets, ranking
from tests.oracle.scorecards.fairness import by_tenant
from tests.oracle.world.canonical_rows import DAY

TARGET = (
    "target",
    "target_high",
    "target_class",
    "target_version_id",
    "amber_tolerance",
    "direction",
)
_HIGHER, _LOWER = ("higher", "greater_than"), ("lower", "less_than")
_SELDOM = Decimal("0.1")
_FEW = 10
"""Below so many cases a single one would decide the colour."""
NINTH = Decimal("0.000000001")
Row = dict[str, Any]


@dataclass
class Judged:
    """A monthly number with what the rules say about it."""

    row: Row
    target: Row | None
    status: str
    gap: Decimal | None
    miss: Decimal | None


class Judge:
    """Targets of a tenant and the rules."""

    def __init__(
        self,
        warehouse: Path,
        facts: Facts,
        definitions: dict[tuple[str, int], Row],
        rows: list[Row],
    ) -> None:
        tenant = facts.world.tenant
        self.definitions = definitions
        known = months(facts)
        self.finished = {month for month, when in known if when < facts.world.as_of}
        # a pace of less than four weeks is that of their weekdays
        since = first_fact(facts) or 0
        self.short = {month for month, when in known if when - since <= 27 * DAY}
        self.first_month = min((month for month, _ in known), default=date.max)
        self.targets: dict[str, list[Row]] = defaultdict(list)
        for row in by_tenant(warehouse, "governance_review.kpi_targets").get(tenant, []):
            self.targets[row["kpi_id"]].append(row)
        self.platforms: dict[tuple[str, str], str | None] = {}
        for (_, channel), row in facts.world.channels.items():
            self.platforms["channel", channel] = row["platform"]
        for account, row in facts.world.accounts.items():
            self.platforms["marketplace_account", account] = row["platform"]
        self.tops = _tops(facts)
        self.known = dict(known)
        self.since = local_day(since, facts.zone)
        self.zone = facts.zone
        self.parts = {
            kpi_id: reasons(facts, definition["required_input"])
            for (kpi_id, _), definition in definitions.items()
        }
        self.seldom = {
            (row["month"], row["scope_type"], row["scope_id"])
            for row in rows
            if row["kpi_id"] == "survey_response_rate"
            and row["is_governed"]
            and row["value"] is not None
            and row["value"] < _SELDOM
        }

    def target_of(self, row: Row) -> Row | None:
        """The target in force: of the scope, its type, its platform, the company; its own variant before all."""
        definition = self.definitions[row["kpi_id"], row["kpi_version"]]
        companions = (definition["companions"] or "").split("|")
        found = []
        for target in self.targets[row["kpi_id"]]:
            clock = target["clock"] or definition["governed_clock"]
            if (target["stat"], target["layer"], clock) != (
                row["stat"],
                row["layer"],
                row["clock"],
            ):
                continue
            is_own = target["variant"] == row["variant"]
            is_general = target["variant"] == "none" and row["variant"] not in companions
            is_in_force = target["valid_from"] <= row["month"] and (
                target["valid_to"] is None or row["month"] < target["valid_to"]
            )
            nearness = self._nearness(row, target)
            if (is_own or is_general) and is_in_force and nearness:
                found.append((nearness, not is_own, target))
        if not found:
            return None
        nearest = min(entry[:2] for entry in found)
        newest = [target for *place, target in found if tuple(place) == nearest]
        start = max(target["valid_from"] for target in newest)
        return min(
            (target for target in newest if target["valid_from"] == start),
            key=lambda target: str(target["target_version_id"]),
        )

    def _nearness(self, row: Row, target: Row) -> int:
        scope = (row["scope_type"], row["scope_id"])
        if target["scope_type"] == scope[0]:
            if target["scope_id"] == scope[1]:
                return 1
            is_top = target["scope_id"] == "top5" and scope[1] in self.tops.get(row["month"], ())
            if target["scope_id"] == "*" or is_top:
                return 2
        if target["scope_type"] == "platform" and target["scope_id"] == self.platforms.get(scope):
            return 3
        return 4 if target["scope_type"] == "company" else 0

    def judged(self, row: Row) -> Judged:
        """Status by the first rule that applies; rows without anything counted are told apart by their reason."""
        target = self.target_of(row)
        value, n = row["value"], row["n"]
        least = self.definitions[row["kpi_id"], row["kpi_version"]]["min_n"]
        gap = None if value is None or target is None else _gap(value, target)
        miss = None if gap is None else max(-gap, Decimal(0))
        seldom = (row["month"], row["scope_type"], row["scope_id"])
        is_early = row["kpi_id"] == "backlog_days" and row["month"] in self.short
        is_counted = value is not None or row["value_text"] is not None
        if not is_counted and row["status"] == "grey_not_measurable":
            # which sources can support what is compared in measurable.py
            status = "grey_not_measurable"
        elif target is None or target["target"] is None:
            status = "grey_no_target"
        elif value is None or (row["kpi_id"] == "csat" and seldom in self.seldom) or is_early:
            status = "grey_small_n"
        elif n is not None and n < least:
            favourable = _favourable_miss(row, target) or Decimal(0)
            is_told = n >= _FEW or row["stat"] == "count"
            is_red = is_told and favourable > target["amber_tolerance"]
            status = "red" if is_red else "grey_small_n"
        else:
            assert miss is not None
            is_strict = target["direction"] in ("less_than", "greater_than")
            if miss > target["amber_tolerance"]:
                status = "red"
            else:
                status = "amber" if miss > 0 or (is_strict and gap == 0) else "green"
        return Judged(row, target, status, gap, miss)

    def columns(self, line: list[Judged], place: int) -> Out:
        """What stands beside the number at a place of its series."""
        now = line[place]
        month = now.row["month"]
        before, year = _back(line, place, 1), _back(line, place, 12)
        found = {name: now.target[name] if now.target else None for name in TARGET}
        found |= {"status": now.status, "gap_to_target": now.gap}
        parts = {} if now.row["stat"] == "published" else self.parts[now.row["kpi_id"]]
        found["coverage_reason"] = parts.get(month)
        for name, then in (("mom", before), ("yoy", year)):
            found[f"{name}_reason"] = self._obstacle(now, then, parts)
            is_told = found[f"{name}_reason"] is None
            change = _change(now, then) if is_told else (None, None)
            found[f"{name}_delta"], found[f"{name}_rel"] = change
        two_before = _back(line, place, 2)
        is_part = any(_earlier(month, back) in parts for back in range(3))
        is_part = is_part or self._still_runs(now)
        trend = "insufficient" if is_part else self._trend(two_before, before, now)
        found["trend_3m"] = trend
        is_over = month in self.finished
        past = [
            judged.status for judged in line[: place + 1] if judged.row["month"] in self.finished
        ]
        found["off_target_streak"] = _run(past, ("amber", "red"), ("green",)) if is_over else None
        found["red_streak"] = _run(past, ("red",), ("green", "amber")) if is_over else None
        was_amber = before is not None and before.status == "amber"
        found["comment_required"] = (
            now.status == "red"
            or (now.status == "amber" and was_amber)
            or now.row["signal"] in ("outlier_bad", "shift_bad")
            or now.row["status_presented"] not in (None, now.status)
        )
        return found

    def _still_runs(self, now: Judged) -> bool:
        """A count over a month that is not over says nothing beside whole ones."""
        definition = self.definitions[now.row["kpi_id"], now.row["kpi_version"]]
        is_flow = definition["stat"] == "count" and definition["period"] not in ("PN", "PW")
        return is_flow and now.row["stat"] == "count" and now.row["month"] not in self.finished

    def _obstacle(self, now: Judged, then: Judged | None, parts: dict[date, str]) -> str | None:
        """Why two months are not compared, the first of what stands against it."""
        if now.row["value"] is None:
            return None
        if then is None or then.row["value"] is None:
            return "no number then"
        if self._still_runs(now):
            return "this month still runs"
        if now.row["month"] in parts:
            return f"this month is {parts[now.row['month']]}"
        if then.row["month"] in parts:
            return f"that month is {parts[then.row['month']]}"
        if self._has_short_window(now) or self._has_short_window(then):
            return "the window was not full yet"
        return None

    def _has_short_window(self, judged: Judged) -> bool:
        row = judged.row
        if row["kpi_id"] == "backlog_days":
            return row["month"] in self.short
        window = re.fullmatch(r"(7|14|30|60|90)d", row["variant"])
        if row["stat"] == "published" or window is None:
            return False
        last = local_day(self.known[row["month"]], self.zone)
        return (last - self.since).days + 1 < int(window[1])

    def _trend(self, first: Judged | None, second: Judged | None, third: Judged) -> str:
        parts = [first, second, third]
        least = self.definitions[third.row["kpi_id"], third.row["kpi_version"]]["min_n"]
        scale = [self._goodness(part) if part is not None else None for part in parts]
        is_told = all(
            part is not None
            and part.row["n"] is not None
            and part.row["n"] >= least
            and good is not None
            for part, good in zip(parts, scale, strict=True)
        )
        if not is_told or first is None:
            return "insufficient"
        a, b, c = (good or Decimal(0) for good in scale)
        tolerance = third.target["amber_tolerance"] if third.target else None
        if tolerance is None:
            is_share = third.row["stat"] in ("ratio", "score")
            tolerance = Decimal("0.02") if is_share else abs(first.row["value"]) * Decimal("0.1")
        if a < b < c and c - a >= tolerance / 2:
            return "improving"
        return "worsening" if a > b > c and a - c >= tolerance / 2 else "flat"

    def _goodness(self, judged: Judged) -> Decimal | None:
        """The value on a scale on which more is better."""
        direction = judged.target["direction"] if judged.target else None
        better = self.definitions[judged.row["kpi_id"], judged.row["kpi_version"]]["better"]
        value: Decimal | None = judged.row["value"]
        if direction in ("band", "zero", "equals"):
            return None if judged.miss is None else -judged.miss
        if value is None:
            return None
        if better == "higher" or direction in _HIGHER:
            return value
        return -value if better == "lower" or direction in _LOWER else None


def _gap(value: Decimal, target: Row) -> Decimal:
    """Signed distance to the target, negative = bad."""
    goal: Decimal = target["target"]
    direction = target["direction"]
    if direction in _HIGHER:
        return value - goal
    if direction in _LOWER:
        return goal - value
    if direction == "zero":
        return goal - abs(value)
    if direction == "equals":
        return -abs(value - goal)
    return min(value - goal, target["target_high"] - value)


def _favourable_miss(row: Row, target: Row) -> Decimal | None:
    """What is missed even at the better end of the interval; nothing where there should be one and is none."""
    low, high = row["ci_low"], row["ci_high"]
    if target["direction"] in ("band", "zero") and low is not None and high is not None:
        floor = -target["target"] if target["direction"] == "zero" else target["target"]
        ceiling = target["target"] if target["target_high"] is None else target["target_high"]
        if low <= floor and high >= ceiling:
            return Decimal(0)
    if row["stat"] in ("mean", "p95"):
        return None
    if row["stat"] in ("ratio", "median", "p90", "score") and None in (low, high):
        return None
    ends = (row["value"] if low is None else low, row["value"] if high is None else high)
    return min(max(-_gap(end, target), Decimal(0)) for end in ends)


def _change(now: Judged, then: Judged | None) -> tuple[Decimal | None, Decimal | None]:
    value = now.row["value"]
    earlier = None if then is None else then.row["value"]
    if value is None or earlier is None:
        return None, None
    delta = value - earlier
    return delta, (delta / earlier).quantize(NINTH) if earlier else None


def _run(statuses: Iterable[str], adding: tuple[str, ...], ending: tuple[str, ...]) -> int:
    """How often one of some statuses came since the last that ends the run; grey ones do neither."""
    count = 0
    for status in statuses:
        if status in adding:
            count += 1
        elif status in ending:
            count = 0
    return count


def _back(line: list[Judged], place: int, by: int) -> Judged | None:
    """What a series that is ordered by month, each at most once, has so many months before a place."""
    wanted = _earlier(line[place].row["month"], by)
    return next(
        (judged for judged in line[max(place - by, 0) : place] if judged.row["month"] == wanted),
        None,
    )


@lru_cache(maxsize=10_000)
def _earlier(month: date, by: int) -> date:
    place = month.year * 12 + month.month - 1 - by
    return date(place // 12, place % 12 + 1, 1)


def _tops(facts: Facts) -> dict[date, set[str]]:
    """The five largest reasons of the company in the thirty days up to the end of each month."""
    opened, ages = opened_tickets(facts, counted(facts)), ages_of(facts)
    found = {}
    for month, when in months(facts):
        last = local_day(when, facts.zone)
        volumes = Counter(
            entry.name for entry in opened if last - timedelta(days=30) < entry.day <= last
        )
        found[month] = set(ranking(volumes, ages)[:5])
    return found
