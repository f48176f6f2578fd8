"""Root causes of reasons (``tag_volume.reason_root_causes``): contacts, published risk, measured effect of a fix.

One row per cause of the seller's map and its fix (one without fix where there is none); rates per 100 orders.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from tests.oracle.health.health_days import health_days
from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.statistics import local_day
from tests.oracle.reasons.fixes import WEEKS, Effect, effect_of
from tests.oracle.reasons.reasons import reason_name
from tests.oracle.world.calendar import midnight
from tests.oracle.world.canonical_rows import DAY, Row

KEYS = ("map_id", "fix_id")
_RISKS = {
    ("ODR", "amazon"): "amz_odr",
    ("LSR", "amazon"): "amz_lsr",
    ("VTR", "amazon"): "amz_vtr",
    ("CSDR", "amazon"): "amz_csdr",
    ("LSR", "ebay"): "ebay_late_shipment",
    ("VTR", "ebay"): "ebay_tracking",
    ("INR", "ebay"): "ebay_inr",
    ("SNAD", "ebay"): "ebay_snad",
}
"""Published metric that shows a risk of the map (cards of group F)."""
_SIDES = ("touched_before", "touched_after", "control_before", "control_after")
Out = dict[str, Any]


@cache
def root_causes(facts: Facts) -> dict[tuple[Any, ...], Out]:
    """Every row of the tenant by ``KEYS``."""
    found: dict[tuple[Any, ...], Out] = {}
    for cause in facts.world.tables["root_cause_map"]:
        columns = _told(facts, cause) | _volume(facts, cause) | _risk(facts, cause)
        fixes = [f for f in facts.world.tables["fixes"] if f["map_id"] == cause["map_id"]]
        for fix in fixes or [None]:
            identity = (cause["map_id"], fix["fix_id"] if fix else None)
            found[identity] = columns | _fix(facts, fix)
    return found


def _told(facts: Facts, cause: Row) -> Out:
    tags = [t for t in facts.world.tables["tags"] if t["tag_id"] == cause["reason_tag_id"]]
    tags = sorted((t for t in tags if t["kind"] == "reason"), key=lambda t: t["source_system"])
    return {
        "reason_name": tags[0]["name"] if tags else cause["reason_tag_id"],
        "platform": cause["marketplace_platform"],
        "root_cause": cause["root_cause"],
        "operational_defect": cause["operational_defect"],
        "planned_fix": cause["fix"],
        "fix_owner": cause["fix_owner"],
        "risk_metric": cause["risk_metric"],
    }


def _volume(facts: Facts, cause: Row) -> Out:
    """Contacts of the reason about orders of its platform, and those orders, in the last 30 days."""
    since, platform = facts.world.as_of - 30 * DAY, cause["marketplace_platform"]
    name = str(_told(facts, cause)["reason_name"]).lower()
    orders = {row["order_id"]: row for row in facts.world.tables["orders"]}
    contacts = placed = 0
    for row in facts.obligations:
        order = orders.get(row.root.row["order_id"])
        is_contact = row.turn.kind in ("first", "next") and row.state != "excluded"
        if order is not None and is_contact and row.turn.started_at > since:
            is_here = platform in (None, order["platform"])
            contacts += is_here and reason_name(facts, row.root) == name
    for order in orders.values():
        if since < order["placed_at"] <= facts.world.as_of:
            placed += platform in (None, order["platform"])
    return {
        "contacts_30d": contacts,
        "orders_30d": placed,
        "contacts_per_100_orders_30d": 100 * contacts / placed if placed else None,
    }


def _risk(facts: Facts, cause: Row) -> Out:
    """Accounts with a judged value of the published metric today, and those off target."""
    risk, platform = cause["risk_metric"], cause["marketplace_platform"]
    metrics = sorted(
        metric
        for (name, where), metric in _RISKS.items()
        if name == risk and platform in (None, where)
    )
    today = local_day(facts.world.as_of, facts.zone)
    judged: set[str] = set()
    off: set[str] = set()
    for (_, day, account, metric, *_), out in health_days(facts).items():
        if day == today and metric in metrics and out["is_on_target"] is not None:
            judged.add(account)
            if not out["is_on_target"]:
                off.add(account)
    return {
        "risk_kpi_id": metrics[0] if metrics else None,
        "risk_accounts": len(judged),
        "risk_accounts_off_target": len(off),
        "risk_answer": _answer(risk, len(judged), len(off)),
    }


def _answer(risk: str | None, judged: int, off: int) -> str | None:
    """Question 15 of the catalogue: a warning sign, never a proof."""
    if risk is None:
        return None
    if not judged:
        return f"warning sign, not proof: no published {risk} to look at"
    if not off:
        return f"warning sign, not proof: the published {risk} is on target in every account"
    return (
        f"warning sign, not proof: the published {risk} is off target in {off} of {judged} accounts; "
        "only the measured effect of a fix shows a cause"
    )


def _fix(facts: Facts, fix: Row | None) -> Out:
    live: date | None = fix["live_on"] if fix else None
    effect = effect_of(facts, fix) if fix and live else None
    is_over = live is not None and midnight(live + WEEKS, facts.zone) <= facts.world.as_of
    out: Out = {
        "fix_status": fix["status"] if fix else None,
        "fix_live_on": live,
        "expected_effect": fix["expected_contact_rate_change"] if fix else None,
        "is_effect_weak": effect.is_weak if effect else None,
        "effect": effect.value if effect and is_over else None,
        "effect_low": effect.low if effect and is_over else None,
        "effect_high": effect.high if effect and is_over else None,
        "effect_verdict": "running: 8 weeks after going live are not over" if live else None,
    }
    if effect is not None and is_over:
        out["effect_verdict"] = _verdict(effect)
    rates = effect.rates if effect else dict.fromkeys(_SIDES)
    return out | {f"{side}_rate": rates[side] for side in _SIDES}


def _verdict(effect: Effect) -> str:
    word = "effective" if effect.high < 0 else "not proven"
    word = "worse than before" if effect.low > 0 else word
    return word + (", weak: nothing comparable was left untouched" if effect.is_weak else "")
