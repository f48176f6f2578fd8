"""Channels, brands, contact reasons, tags and macros of the simulated seller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Channel:
    """A way in. ``via`` is the helpdesk's channel word, None where contacts never reach the helpdesk.

    ``share`` of all contacts; ``patience`` is the median of agents' working seconds to an answer; ``hours`` are the
    local hours (Rome) in which customers write, repeated hours likelier.
    """

    channel_id: str
    name: str
    brand: str | None
    via: str | None
    rel: str | None
    account_id: str | None
    team: str
    share: float
    patience: int
    languages: tuple[tuple[str, float], ...]
    platform: str
    channel_class: str
    modality: str = "async"


_WRITERS = {
    7: 1,
    8: 2,
    9: 4,
    10: 4,
    11: 3,
    12: 3,
    13: 3,
    14: 2,
    15: 2,
    16: 1,
    17: 1,
    19: 1,
    21: 1,
    22: 1,
}
_MOSTLY_DAYTIME = tuple(hour for hour, weight in _WRITERS.items() for _ in range(weight))
_OFFICE = (8, 9, 9, 10, 10, 11, 11, 12, 13, 14, 14, 15, 15, 16, 16, 17, 17, 18, 19)
HOURS = {"async": _MOSTLY_DAYTIME, "live": _OFFICE}

CHANNELS: tuple[Channel, ...] = (
    Channel(
        "amazon_it",
        "Amazon.it messages",
        "Amazon IT",
        "email",
        None,
        "amazon.it",
        "marketplace_italy",
        0.18,
        3000,
        (("it", 1.0),),
        "amazon",
        "marketplace_message",
    ),
    Channel(
        "amazon_de",
        "Amazon.de messages",
        "Amazon DE",
        "email",
        None,
        "amazon.de",
        "marketplace_north",
        0.15,
        3300,
        (("de", 0.93), ("en", 1.0)),
        "amazon",
        "marketplace_message",
    ),
    Channel(
        "amazon_uk",
        "Amazon.co.uk messages",
        "Amazon UK",
        "email",
        None,
        "amazon.co.uk",
        "marketplace_north",
        0.09,
        3300,
        (("en", 1.0),),
        "amazon",
        "marketplace_message",
    ),
    Channel(
        "ebay_de",
        "eBay.de messages",
        "eBay DE",
        "email",
        None,
        "ebay.de",
        "marketplace_north",
        0.08,
        3600,
        (("de", 0.95), ("en", 1.0)),
        "ebay",
        "marketplace_message",
    ),
    Channel(
        "ebay_it",
        "eBay.it messages",
        None,
        None,
        None,
        "ebay.it",
        "marketplace_italy",
        0.05,
        3600,
        (("it", 1.0),),
        "ebay",
        "marketplace_message",
    ),
    Channel(
        "webshop_email",
        "Webshop e-mail",
        "Webshop",
        "email",
        None,
        None,
        "webshop_care",
        0.15,
        3600,
        (("it", 0.55), ("en", 0.8), ("de", 1.0)),
        "webshop",
        "email",
    ),
    Channel(
        "webshop_chat",
        "Webshop chat",
        "Webshop",
        "native_messaging",
        None,
        None,
        "chat_social",
        0.12,
        75,
        (("it", 0.6), ("en", 0.85), ("de", 1.0)),
        "chat",
        "live_chat",
        "live",
    ),
    Channel(
        "phone",
        "Phone",
        None,
        None,
        None,
        None,
        "webshop_care",
        0.08,
        35,
        (("it", 0.6), ("en", 1.0)),
        "phone",
        "voice",
        "live",
    ),
    Channel(
        "facebook_page",
        "Facebook page comments",
        "Social",
        "facebook",
        "post",
        None,
        "chat_social",
        0.05,
        2400,
        (("it", 0.8), ("en", 1.0)),
        "facebook",
        "social_public",
    ),
    Channel(
        "facebook_private",
        "Facebook messages",
        "Social",
        "facebook",
        "message",
        None,
        "chat_social",
        0.03,
        1200,
        (("it", 0.8), ("en", 1.0)),
        "facebook",
        "social_private",
    ),
    Channel(
        "instagram",
        "Instagram messages",
        "Social",
        "instagram_dm",
        None,
        None,
        "chat_social",
        0.02,
        1500,
        (("it", 0.8), ("en", 1.0)),
        "instagram",
        "social_private",
    ),
)
CHANNEL_BY_ID = {channel.channel_id: channel for channel in CHANNELS}

BRANDS: dict[str, int] = {
    "Amazon IT": 7_310_001,
    "Amazon DE": 7_310_002,
    "Amazon UK": 7_310_003,
    "eBay DE": 7_310_004,
    "Webshop": 7_310_005,
    "Social": 7_310_006,
}

FIELD_ORDER = 36_001_001
FIELD_REASON = 36_001_002
FIELD_ACCOUNT = 36_001_003
FIELD_LANGUAGE = 36_001_004


@dataclass(frozen=True)
class Reason:
    """A contact reason = a helpdesk tag. ``parent`` groups reasons; ``synonym_of`` marks a renamed tag."""

    tag: str
    label: str
    parent: str
    problem_kinds: tuple[str, ...] = ()
    priority: str = "normal"
    synonym_of: str | None = None
    is_active: bool = True


REASONS: tuple[Reason, ...] = (
    Reason("where_is_my_order", "Where is my order", "delivery", ("not_received", "no_tracking")),
    Reason("return_request", "Return request", "returns", ("return_request",)),
    Reason("late_delivery", "Late delivery", "delivery", ("late_delivery", "late_shipment")),
    Reason("damaged_item", "Damaged item", "product", ("not_as_described",), "high"),
    Reason("refund_status", "Refund status", "returns"),
    Reason("invoice_request", "Invoice request", "billing", ("invoice_missing",)),
    Reason("product_question", "Question before purchase", "product"),
    Reason("wrong_item", "Wrong item", "product", ("not_as_described",), "high"),
    Reason("cancel_order", "Cancel order", "order"),
    Reason("warranty_claim", "Warranty claim", "product"),
    Reason("change_address", "Change address", "order", (), "high"),
    Reason("missing_part", "Missing part", "product"),
    Reason("payment_problem", "Payment problem", "billing"),
    Reason(
        "order_cancelled", "Why was my order cancelled", "order", ("cancelled_by_seller",), "high"
    ),
    Reason("complaint", "Complaint", "service", ("negative_experience",), "high"),
    Reason("assembly_help", "Help with assembly", "product"),
    Reason("price_match", "Price question", "order"),
    Reason(
        "delivered_not_received", "Delivered, not received", "delivery", ("not_received",), "high"
    ),
    Reason("customs_duty", "Customs duty", "billing"),
    Reason("account_access", "Account access", "service"),
    Reason("marketing_optout", "Stop marketing", "service"),
    Reason("carrier_delay", "Carrier delay", "delivery"),
    Reason("voucher_problem", "Voucher does not work", "billing"),
    Reason("wismo", "WISMO (old name)", "delivery", (), "normal", "where_is_my_order", False),
)
REASON_BY_TAG = {reason.tag: reason for reason in REASONS}
REASON_PARENTS: dict[str, str] = {
    "delivery": "Delivery",
    "returns": "Returns and refunds",
    "product": "Product",
    "billing": "Billing",
    "order": "Order",
    "service": "Service",
}
SURGE_REASONS = ("carrier_delay", "voucher_problem")
SYNONYM_SHARE = 0.3
ZIPF_EXPONENT = 1.05

PRODUCT_TAGS = ("kitchen", "garden", "toys", "electronics", "sports", "pets")
PROCESS_TAGS = ("vip_buyer", "goodwill", "waiting_carrier", "photo_requested")
SYSTEM_TAGS = (
    "spam",
    "no_reply_needed",
    "shift_handover",
    "escalation",
    "duplicate",
    "closed_by_merge",
    "split",
    "proxy_contact",
    "test_ticket",
    "bulk_action",
    "author_blocked",
    "platform_closed",
    "bot_answered",
)

REASON_BY_PROBLEM: dict[str, tuple[str, ...]] = {}
for _reason in REASONS:
    for _kind in _reason.problem_kinds:
        REASON_BY_PROBLEM[_kind] = (*REASON_BY_PROBLEM.get(_kind, ()), _reason.tag)


def carrier_surge(day: date, start: date, days: int) -> float:
    """Weight of ``carrier_delay`` on ``day``: a strike of four weeks in the second half, and a bit of every Advent."""
    first = start + timedelta(days=days * 3 // 5)
    if first <= day < first + timedelta(days=28):
        return 0.30
    return 0.06 if day.month == 12 else 0.01


def voucher_surge(day: date, start: date, days: int) -> float:
    """Weight of ``voucher_problem`` on ``day``: it grows from nothing over the last 75 days."""
    first = start + timedelta(days=max(0, days - 75))
    grown = (day - first).days
    return 0.004 if grown < 0 else min(0.16, 0.02 + grown * 0.002)


def reason_weights(day: date, start: date, days: int) -> list[float]:
    """Weights of :data:`REASONS` on ``day``: Zipf by rank, the two surges by their season, synonyms none."""
    weights: list[float] = []
    for rank, reason in enumerate(REASONS, start=1):
        if reason.tag == "carrier_delay":
            weights.append(carrier_surge(day, start, days) * 4)
        elif reason.tag == "voucher_problem":
            weights.append(voucher_surge(day, start, days) * 4)
        elif reason.synonym_of is not None:
            weights.append(0.0)
        else:
            weights.append(rank**-ZIPF_EXPONENT)
    return weights


@dataclass(frozen=True)
class Macro:
    """A saved answer; ``reason_tag`` is what it sets, ``is_active`` False = retired."""

    macro_id: int
    title: str
    reason_tag: str | None
    is_active: bool = True


MACROS: tuple[Macro, ...] = (
    *(
        Macro(8_410_000 + number, f"{REASON_PARENTS[reason.parent]}::{reason.label}", reason.tag)
        for number, reason in enumerate(REASONS, start=1)
        if reason.synonym_of is None and reason.tag not in ("customs_duty", "account_access")
    ),
    Macro(8_410_101, "General::We are looking into it", None),
    Macro(8_410_102, "General::Close as spam", None),
    Macro(8_410_103, "Delivery::Strike notice (old)", "carrier_delay", is_active=False),
)
MACRO_BY_REASON = {
    macro.reason_tag: macro for macro in MACROS if macro.reason_tag and macro.is_active
}
HOLDING_MACRO = next(macro for macro in MACROS if macro.macro_id == 8_410_101)
SPAM_MACRO = next(macro for macro in MACROS if macro.macro_id == 8_410_102)
