"""Users, channels, tags, tag groups and templates of the account."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ingestion.simulator.world.catalogue import (
    CHANNELS,
    MACROS,
    PROCESS_TAGS,
    PRODUCT_TAGS,
    REASONS,
    SYSTEM_TAGS,
    Channel,
)
from ingestion.simulator.world.people import ADMIN_ID, Agent
from ingestion.simulator.world.world import World

Json = dict[str, Any]

_GROUPS: dict[str, tuple[str, ...]] = {
    "Contact reasons": tuple(reason.tag for reason in REASONS),
    "Products": PRODUCT_TAGS,
    "Process": PROCESS_TAGS,
    "System": SYSTEM_TAGS,
}
GROUP_IDS = {name: 5_100 + place for place, name in enumerate(_GROUPS, start=1)}
TAG_IDS = {
    tag: 52_000 + place
    for place, tag in enumerate((tag for tags in _GROUPS.values() for tag in tags), start=1)
}
"""Id of a tag by its name, which is the tag of the world."""

_RETIRED = frozenset(reason.tag for reason in REASONS if not reason.is_active)
_WAYS: dict[str, tuple[str, str, str]] = {
    "amazon_it": ("Amazon", "IT", "EUR"),
    "amazon_de": ("Amazon", "DE", "EUR"),
    "amazon_uk": ("Amazon", "GB", "GBP"),
    "ebay_de": ("Ebay", "DE", "EUR"),
    "webshop_email": ("Email", "IT", "EUR"),
    "webshop_chat": ("Chat", "IT", "EUR"),
    "facebook_page": ("FacebookPage", "IT", "EUR"),
    "facebook_private": ("FacebookMessenger", "IT", "EUR"),
    "instagram": ("Instagram", "IT", "EUR"),
}
CHANNEL_IDS = {
    channel.channel_id: 6_000 + place
    for place, channel in enumerate(CHANNELS, start=1)
    if channel.via is not None
}


def channels() -> list[Json]:
    """Every way into the helpdesk."""
    return [_channel(one) for one in CHANNELS if one.channel_id in CHANNEL_IDS]


def _channel(channel: Channel) -> Json:
    kind, country, currency = _WAYS[channel.channel_id]
    return {
        "id": CHANNEL_IDS[channel.channel_id],
        "type": kind,
        "country": country,
        "currency": currency,
        "name": channel.name,
    }


def tag_groups() -> list[Json]:
    """Groups of tags; the first one is the mandatory one."""
    return [
        {
            "id": group_id,
            "name": name,
            "user_id": ADMIN_ID,
            "entity_type": "Ticket",
            "type": "Mandatory" if place == 0 else "Optional",
            "hide": False,
        }
        for place, (name, group_id) in enumerate(GROUP_IDS.items())
    ]


def tags() -> list[Json]:
    """Tags with their group; a retired one stays in the list."""
    return [
        {
            "id": TAG_IDS[tag],
            "name": tag,
            "active": tag not in _RETIRED,
            "tag_group_id": GROUP_IDS[name],
            "color": "757575",
            "icon": None,
        }
        for name, group in _GROUPS.items()
        for tag in group
    ]


def templates() -> list[Json]:
    """Saved answers; nothing links them to messages."""
    return [
        {
            "id": macro.macro_id,
            "name": macro.title,
            "subject": None,
            "body_text": f"Dear customer, {macro.title}.",
            "channels": None,
            "template_usage": "Manual",
            "template_type": ["Consumer"],
            "query_type": None,
            "order_status": None,
            "delivery_date": None,
            "active": macro.is_active,
            "order_fulfilment": None,
            "created_at": "2024-01-08 09:00:00",
            "message_subject": None,
            "invoice_attached": False,
            "only_use_if_no_replies_yet": False,
            "attachments": [],
        }
        for macro in MACROS
    ]


def users(world: World, instant: int) -> list[Json]:
    """Colleagues who have joined by ``instant``; who left is inactive."""
    today = datetime.fromtimestamp(instant, UTC).date()
    return [
        user(one, one.left_on is None or one.left_on > today)
        for one in world.staff.agents
        if one.hired_on <= today
    ]


def user(agent: Agent, is_active: bool = True) -> Json:
    """One colleague."""
    return {
        "id": agent.agent_id,
        "name": agent.name,
        "email": agent.email,
        "active": is_active,
        "username": agent.email.partition("@")[0],
        "role": "supervisor" if agent.is_lead else "agent",
    }
