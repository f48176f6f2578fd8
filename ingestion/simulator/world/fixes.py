"""Remedies of causes: one that works, one that changes nothing, one that is only planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ingestion.simulator.world.options import SimulatorOptions


@dataclass(frozen=True)
class Fix:
    """A remedy of one contact reason on one platform (None = everywhere).

    ``started`` and ``live`` are parts of ``plan_days`` after the start (``live`` None = not yet decided);
    ``prevented`` is the part of the reason's contacts that it really spares, ``expected`` what its owner promised,
    in contacts per 100 orders.
    """

    fix_id: str
    map_id: str
    reason: str
    platform: str | None
    owner: str
    started: float
    live: float | None
    prevented: float
    expected: float


FIXES: tuple[Fix, ...] = (
    Fix(
        "fix-carrier-scan",
        "cause-untracked",
        "where_is_my_order",
        "amazon",
        "logistics_manager",
        0.24,
        0.30,
        0.65,
        -1.5,
    ),
    Fix(
        "fix-return-leaflet",
        "cause-return-rules",
        "return_request",
        "amazon",
        "marketplace_manager",
        0.60,
        0.66,
        0.0,
        -0.8,
    ),
    Fix(
        "fix-voucher-rules",
        "cause-voucher",
        "voucher_problem",
        None,
        "operations_manager",
        0.93,
        None,
        0.0,
        -0.5,
    ),
)


def started_on(options: SimulatorOptions, fix: Fix) -> date:
    """Day on which work on the fix began."""
    return options.start + timedelta(days=int(options.plan_days * fix.started))


def live_on(options: SimulatorOptions, fix: Fix) -> date | None:
    """Day from which the fix is in force; None while nobody has set one."""
    if fix.live is None:
        return None
    return options.start + timedelta(days=int(options.plan_days * fix.live))


def prevented_share(options: SimulatorOptions, reason: str, platform: str, day: date) -> float:
    """Part of the contacts with ``reason`` on ``platform`` that fixes in force on ``day`` spare the desk."""
    share = 0.0
    for fix in FIXES:
        since = live_on(options, fix)
        applies = fix.reason == reason and fix.platform in (None, platform)
        if applies and since is not None and day >= since:
            share = max(share, fix.prevented)
    return share
