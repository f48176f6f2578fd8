"""Our number against the published one of the same window (card `reconciliation_delta`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.oracle.numbers.kpis import Cell, Facts, Value
from tests.oracle.numbers.snapshots import first_replies, months
from tests.oracle.numbers.statistics import local_day, month_of, quantile
from tests.oracle.world.calendar import midnight
from tests.oracle.world.canonical_rows import DAY, SECOND, Row

_DEFECTS = ("negative_feedback", "a_to_z", "chargeback")
_UNDONE = ("denied", "withdrawn", "removed")


@dataclass(frozen=True)
class Pair:
    """Both sides of one account or of all helpdesks that measure themselves."""

    ours: float | None
    theirs: float | None
    parts: tuple[float | None, ...]
    """Our numerator and denominator, their numerator and denominator."""


def gap_values(facts: Facts) -> list[Value]:
    """`reconciliation_delta` of every month, pair and scope."""
    grouped: dict[tuple[date, str, str, str], list[Pair]] = defaultdict(list)
    received = first_replies(facts)
    for month, snapshot in months(facts):
        for metric, variant in (
            ("amz_late_response_rate", "late_response_rate"),
            ("amz_odr", "odr"),
        ):
            for row in _published(facts, metric, month, snapshot):
                parts = _late(facts, received, row) if variant != "odr" else _orders(facts, row)
                pair = Pair(_share(*parts), row["rate"], (*parts, *_parts(row)))
                account = str(row["marketplace_account_id"])
                platform = facts.world.accounts[account]["platform"]
                if pair.ours is None or pair.theirs is None:
                    continue
                for scope in (
                    ("company", "company"),
                    ("platform", platform),
                    ("marketplace_account", account),
                ):
                    grouped[(month, variant, *scope)].append(pair)
        for variant, found in _helpdesks(facts, month):
            grouped[month, variant, "company", "company"].append(found)
    values = (_value(*key, pairs) for key, pairs in grouped.items())
    return [value for value in values if value is not None]


def _value(
    month: date, variant: str, scope_type: str, scope_id: str, pairs: list[Pair]
) -> Value | None:
    """One pair as published, several only from their parts."""
    cell = Cell(month, "reconciliation_delta", "none", "none", variant, scope_type, scope_id)
    sums = [
        sum(p.parts[i] or 0 for p in pairs) if any(p.parts[i] is not None for p in pairs) else None
        for i in range(4)
    ]
    if len(pairs) == 1:
        ours, theirs = pairs[0].ours, pairs[0].theirs
    else:
        ours = _share(sums[0], sums[1])
        has_parts = all(pair.parts[2] is not None for pair in pairs)
        theirs = _share(sums[2], sums[3]) if has_parts else None
    if ours is None or theirs is None:
        return None
    gap: float | None = ours - theirs
    if variant not in ("late_response_rate", "odr"):
        gap = (ours - theirs) / theirs if theirs else None
    n = round(sums[1] if sums[1] is not None else sums[0] or 0)
    return Value(cell, "ratio", gap, ours, theirs, n)


def _share(numerator: float | None, denominator: float | None) -> float | None:
    return None if numerator is None or not denominator else numerator / denominator


def _parts(row: Row) -> tuple[float | None, float | None]:
    return row["numerator"], row["denominator"]


def _published(facts: Facts, metric: str, month: date, snapshot: int) -> Iterator[Row]:
    """The last figure of each account captured in the month."""
    latest: dict[str, Row] = {}
    for row in facts.world.tables["account_health_snapshots"]:
        account, when = row["marketplace_account_id"], row["captured_at"]
        if row["metric"] != metric or row["is_deleted_in_source"]:
            continue
        if account not in facts.world.accounts or not midnight(month, facts.zone) <= when:
            continue
        if when > snapshot:
            continue
        if metric == "amz_odr":
            is_wanted = row["fulfilment"] == "mfn"
        else:
            days = (row["window_to"] - row["window_from"]).days + 1
            is_wanted = days <= 8
        kept = latest.get(account)
        if is_wanted and (
            kept is None or (when, row["snapshot_id"]) > (kept["captured_at"], kept["snapshot_id"])
        ):
            latest[account] = row
    yield from latest.values()


def _late(
    facts: Facts, received: list[tuple[Row, int | None]], row: Row
) -> tuple[float | None, float | None]:
    """Late and judged messages of the seven days that end with the published window."""
    stop = midnight(row["window_to"] + timedelta(days=1), facts.zone)
    start = midnight(row["window_to"] - timedelta(days=6), facts.zone)
    late = judged = 0
    for message, replied in received:
        root = message["ticket"].root.row
        channel = facts.world.channels.get((root["source_system"], root["channel_id"]), {})
        if root["marketplace_account_id"] != row["marketplace_account_id"]:
            continue
        if (channel.get("platform"), channel.get("channel_class")) != (
            "amazon",
            "marketplace_message",
        ):
            continue
        sent = message["sent_at"]
        is_over = (facts.world.as_of - sent) // SECOND > DAY // SECOND
        if start <= sent < stop and (replied is not None or is_over):
            judged += 1
            late += replied is None or (replied - sent) // SECOND > DAY // SECOND
    return late, judged


def _orders(facts: Facts, row: Row) -> tuple[float | None, float | None]:
    """Orders the seller shipped in the published window, by the day of the account, and those with a defect."""
    tables, as_of = facts.world.tables, facts.world.as_of
    zone = facts.world.accounts[row["marketplace_account_id"]]["account_tz"] or facts.zone
    defects = {
        defect["order_id"]
        for defect in tables["order_defects"]
        if defect["defect_type"] in _DEFECTS
        and (defect["outcome"] or "pending") not in _UNDONE
        and not defect["is_deleted_in_source"]
        and defect["opened_at"] <= as_of
    }
    placed = [
        order["order_id"]
        for order in tables["orders"]
        if order["marketplace_account_id"] == row["marketplace_account_id"]
        and order["fulfilment"] == row["fulfilment"]
        and row["window_from"] <= local_day(order["placed_at"], zone) <= row["window_to"]
    ]
    if not placed:
        return None, None
    return sum(order in defects for order in placed), len(placed)


def _helpdesks(facts: Facts, month: date) -> Iterator[tuple[str, Pair]]:
    """Tickets created and the median of first replies, ours and what the helpdesks say."""
    measures = facts.world.tables.get("tool_measures", [])
    systems = {row["source_system"] for row in measures}
    told = [
        row
        for row in measures
        if row["started_at"] is not None and month_of(row["started_at"], facts.zone) == month
    ]
    ours = [
        ticket
        for ticket in facts.world.tickets.values()
        if ticket.row["source_system"] in systems
        and month_of(ticket.row["created_at"], facts.zone) == month
    ]
    if told:
        yield "tickets_created", Pair(len(ours), len(told), (len(ours), None, None, None))
    own_times = [
        row.elapsed_cal_s
        for row in facts.obligations
        if row.turn.kind == "first"
        and row.state == "answered"
        and row.turn.satisfied_at is not None
        and row.elapsed_cal_s is not None
        and row.root.row["source_system"] in systems
        and month_of(row.turn.satisfied_at, facts.zone) == month
    ]
    told_times = [
        (row["first_replied_at"] - row["started_at"]) // SECOND
        for row in measures
        if row["first_replied_at"] is not None
        and row["started_at"] is not None
        and row["first_replied_at"] >= row["started_at"]
        and month_of(row["first_replied_at"], facts.zone) == month
    ]
    if own_times and told_times:
        n = len(own_times)
        yield (
            "first_reply_time",
            Pair(quantile(own_times, 0.5), quantile(told_times, 0.5), (n, None, None, None)),
        )
