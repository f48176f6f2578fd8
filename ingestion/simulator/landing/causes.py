"""What lies behind the contacts: causes and their remedies, the answers people find themselves, checked macros."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ingestion.simulator.clock import iso_z
from ingestion.simulator.landing.sheets import (
    HELPDESK,
    SHEET,
    SHOP_ZONE,
    Row,
    Tables,
    has_happened,
    local_midnight,
    row,
)
from ingestion.simulator.world.calendars import epoch
from ingestion.simulator.world.catalogue import MACROS, REASON_BY_TAG
from ingestion.simulator.world.demand import arrival, contact_factor
from ingestion.simulator.world.fixes import FIXES, live_on, started_on
from ingestion.simulator.world.stories import HOUR
from ingestion.simulator.world.world import World

HELP_CENTRE = "help_centre"
MACRO_CHECK_DAYS = 120
"""Every so often the saved answers are read against the marketplaces' rules, each on its own day."""

_CAUSES: tuple[tuple[str, str, str | None, str, str, str, str, str | None], ...] = (
    (
        "cause-untracked",
        "where_is_my_order",
        "amazon",
        "Parcels reach the hub without a scan, so buyers see no movement for days.",
        "carrier_scan_missing",
        "Carrier scans at collection; tracking is uploaded from that scan.",
        "logistics_manager",
        "VTR",
    ),
    (
        "cause-return-rules",
        "return_request",
        "amazon",
        "Buyers do not find how to send an item back.",
        "return_instructions",
        "Leaflet with the return steps in every parcel.",
        "marketplace_manager",
        "CSDR",
    ),
    (
        "cause-voucher",
        "voucher_problem",
        None,
        "Vouchers of the app are refused in the shop's basket.",
        "voucher_rules",
        "One set of voucher rules for app and shop.",
        "operations_manager",
        None,
    ),
    (
        "cause-late",
        "late_delivery",
        None,
        "Orders after noon leave a day late on peak days.",
        "late_dispatch",
        "Second collection in peak weeks.",
        "logistics_manager",
        "LSR",
    ),
    (
        "cause-damage",
        "damaged_item",
        None,
        "Single-wall boxes for glass and ceramics.",
        "packaging",
        "Double-wall boxes for fragile goods.",
        "logistics_manager",
        "ODR",
    ),
    (
        "cause-ebay-inr",
        "where_is_my_order",
        "ebay",
        "Untracked letters are used for cheap goods.",
        "untracked_service",
        "Tracked letters for eBay orders.",
        "logistics_manager",
        "INR",
    ),
    (
        "cause-wrong-item",
        "wrong_item",
        "ebay",
        "Two articles share a bin.",
        "picking_error",
        "One bin for each article, scanned at picking.",
        "logistics_manager",
        "SNAD",
    ),
)
_ARTICLES = (
    ("track-your-order", "where_is_my_order", 0.30, 0.70),
    ("return-an-item", "return_request", 0.24, 0.62),
    ("get-your-invoice", "invoice_request", 0.16, 0.78),
    ("when-do-i-get-my-money", "refund_status", 0.18, 0.50),
    ("use-a-voucher", "voucher_problem", 0.12, 0.35),
)
"""Help-centre articles: reason, share of the visits, chance that a visit helps."""

_VISITS_PER_TICKET = 0.45
_ANONYMOUS_SHARE = 0.35
_FIELDS_BY_PARENT = {
    "delivery": ("order_id", "tracking_status"),
    "returns": ("order_id", "refund_status"),
    "billing": ("order_id",),
    "order": ("order_id",),
}


def cause_tables(world: World, at: datetime) -> Tables:
    """Causes, fixes, self-service and macros as entered by ``at``."""
    yield "root_cause_map", list(_causes(world))
    yield "fixes", list(_fixes(world, at))
    yield "self_service_events", list(_self_service(world, at))
    yield "macros", list(_macros(world, at))


def _causes(world: World) -> Iterator[Row]:
    since = local_midnight(world.options.start.replace(day=1))
    for map_id, reason, platform, cause, defect, fix, owner, metric in _CAUSES:
        yield row(
            SHEET,
            map_id=map_id,
            reason_tag_id=reason,
            marketplace_platform=platform,
            root_cause=cause,
            operational_defect=defect,
            fix=fix,
            fix_owner=owner,
            risk_metric=metric,
            valid_from=since,
            valid_to=None,
        )


def _fixes(world: World, at: datetime) -> Iterator[Row]:
    for fix in FIXES:
        begun, live = started_on(world.options, fix), live_on(world.options, fix)
        if has_happened(begun, at):
            is_live = has_happened(live, at)
            yield row(
                SHEET,
                fix_id=fix.fix_id,
                map_id=fix.map_id,
                started_on=begun,
                live_on=live if is_live else None,
                owner=fix.owner,
                status="live" if is_live else "planned",
                expected_contact_rate_change=fix.expected,
            )


def _macros(world: World, at: datetime) -> Iterator[Row]:
    """The helpdesk's macros with what the sheet adds: locked or not, when last checked, which fields they fill."""
    for place, macro in enumerate(MACROS):
        reason = REASON_BY_TAG.get(macro.reason_tag or "")
        fields = _FIELDS_BY_PARENT.get(reason.parent, ()) if reason else ()
        is_locked = macro.is_active and place % 5 != 4
        yield row(
            HELPDESK,
            macro_id=macro.macro_id,
            name=macro.title,
            reason_tag_id=macro.reason_tag,
            is_locked=is_locked,
            policy_checked_on=_checked_on(world, place, at) if is_locked else None,
            dynamic_fields=json.dumps(list(fields)),
            version="1",
            valid_from=local_midnight(date(2020, 1, 1)),
            valid_to=None
            if macro.is_active
            else local_midnight(world.options.start.replace(day=1)),
        )


def _checked_on(world: World, place: int, at: datetime) -> date:
    """Day of the last check; every seventh macro was checked once and then forgotten."""
    first = world.options.start - timedelta(days=100 - place * 3)
    if place % 7 == 6:
        return first
    rounds = (at.date() - first).days // MACRO_CHECK_DAYS
    return first + timedelta(days=max(0, rounds) * MACRO_CHECK_DAYS)


def _self_service(world: World, at: datetime) -> Iterator[Row]:
    instant = epoch(at)
    options = world.options
    for offset in range((at.astimezone(ZoneInfo(SHOP_ZONE)).date() - options.start).days + 1):
        day = options.start + timedelta(days=offset)
        if offset >= options.days:
            return
        rng = random.Random(f"{options.seed}|help|{day.isoformat()}")
        wanted = options.tickets_per_day * contact_factor(day) * _VISITS_PER_TICKET
        for number in range(int(wanted + rng.random())):
            for entry in _visit(rng, day, number):
                if entry[0] <= instant:
                    yield entry[1]


def _visit(rng: random.Random, day: date, number: int) -> list[tuple[int, Row]]:
    """One visit: an article viewed, mostly judged, at times followed by a message to the desk all the same."""
    article, reason, _, chance = rng.choices(_ARTICLES, [entry[2] for entry in _ARTICLES])[0]
    at = arrival(rng, day, "async")
    session = f"visit-{day:%Y%m%d}-{number}"
    is_anonymous = rng.random() < _ANONYMOUS_SHARE
    helped = rng.random() < chance
    steps: list[tuple[int, str]] = [(at, "viewed")]
    if rng.random() < 0.8:
        steps.append((at + rng.randint(20, 400), "helped" if helped else "not_helped"))
    if not is_anonymous and rng.random() < (0.06 if helped else 0.55):
        steps.append((at + rng.randint(300, 60 * HOUR), "contacted_after"))
    return [
        (
            when,
            row(
                HELP_CENTRE,
                event_id=f"{session}-{place}",
                occurred_at=iso_z(when),
                article_id=article,
                reason_tag_id=reason,
                session_ref=session,
                outcome=outcome,
                is_anonymous=is_anonymous,
                subject_system=HELPDESK,
            ),
        )
        for place, (when, outcome) in enumerate(steps, 1)
    ]
