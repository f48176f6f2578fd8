"""The company's own service promises, before and after the change in the middle of the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ingestion.simulator.world.options import SimulatorOptions

HOUR = 3600


@dataclass(frozen=True)
class Target:
    """A promise in ``seconds`` of the calendar named, or around the clock when it is None."""

    metric: str
    seconds: int
    calendar_id: str | None
    priority: str | None = None
    clock_start: str = "customer_message"


@dataclass(frozen=True)
class Policy:
    """An internal policy: it matches ``channel_ids``, and in the helpdesk ``brands`` (none = unknown there)."""

    policy_id: str
    zendesk_id: int
    name: str
    position: int
    channel_ids: tuple[str, ...]
    brands: tuple[str, ...]
    targets_before: tuple[Target, ...]
    targets_after: tuple[Target, ...]


def _office(
    first: int, following: int, resolution: int, calendar: str | None
) -> tuple[Target, ...]:
    return (
        Target("first_reply", first * HOUR, calendar),
        Target("next_reply", following * HOUR, calendar),
        Target("resolution", resolution * HOUR, None),
    )


INTERNAL_POLICIES: tuple[Policy, ...] = (
    Policy(
        "marketplace_italy",
        6_110_001,
        "Marketplaces Italy",
        1,
        ("amazon_it", "ebay_it"),
        ("Amazon IT",),
        _office(10, 10, 96, "rome_office"),
        _office(8, 9, 72, "rome_office"),
    ),
    Policy(
        "marketplace_north",
        6_110_002,
        "Marketplaces North",
        2,
        ("amazon_de", "amazon_uk", "ebay_de"),
        ("Amazon DE", "Amazon UK", "eBay DE"),
        (
            Target("first_reply", 4 * HOUR, "bucharest_extended", "high"),
            *_office(12, 12, 96, "bucharest_extended"),
        ),
        (
            Target("first_reply", 4 * HOUR, "bucharest_extended", "high"),
            Target("first_reply", 2 * HOUR, "bucharest_extended", "urgent"),
            *_office(10, 12, 72, "bucharest_extended"),
        ),
    ),
    Policy(
        "webshop_chat",
        6_110_003,
        "Chat",
        3,
        ("webshop_chat",),
        ("Webshop",),
        (
            Target("first_reply", 120, "bucharest_extended"),
            Target("next_reply", 300, "bucharest_extended"),
        ),
        (
            Target("first_reply", 60, "bucharest_extended"),
            Target("next_reply", 180, "bucharest_extended"),
        ),
    ),
    Policy(
        "webshop_email",
        6_110_004,
        "Webshop e-mail",
        4,
        ("webshop_email",),
        ("Webshop",),
        _office(8, 8, 72, "dublin_office"),
        _office(8, 8, 72, "dublin_office"),
    ),
    Policy(
        "social",
        6_110_005,
        "Social media",
        5,
        ("facebook_page", "facebook_private", "instagram"),
        ("Social",),
        _office(2, 2, 48, "bucharest_extended"),
        _office(1, 2, 48, "bucharest_extended"),
    ),
    Policy(
        "phone",
        6_110_006,
        "Hotline",
        6,
        ("phone",),
        (),
        (Target("first_reply", 60, "dublin_office", None, "queue_entered"),),
        (Target("first_reply", 30, "dublin_office", None, "queue_entered"),),
    ),
)


def policy_change_day(options: SimulatorOptions) -> date:
    """Day on which the second version of the promises comes into force."""
    return options.start + timedelta(days=options.plan_days // 2)
