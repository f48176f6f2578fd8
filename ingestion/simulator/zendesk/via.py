"""How a change came in: the vendor's ``via`` objects and the display words that the event export uses instead."""

from __future__ import annotations

from typing import Any

from ingestion.simulator.world.buyers import EndUser
from ingestion.simulator.world.catalogue import CHANNEL_BY_ID
from ingestion.simulator.world.tickets import Ticket

RULES: dict[str, tuple[int, str, str]] = {
    "rule_autoreply": (2_510_001, "Out of hours: confirm receipt", "trigger"),
    "rule_routing": (2_510_002, "Route to an agent on shift", "trigger"),
    "automation_pending": (2_520_001, "Solve pending tickets after 5 days", "automation"),
    "automation_close": (2_520_002, "Close solved tickets after 7 days", "automation"),
    "automation_survey": (2_520_003, "Ask for a rating", "automation"),
    "automation": (2_520_004, "Housekeeping", "automation"),
}
_WORDS = {
    "email": "Mail",
    "web": "Web form",
    "api": "Web service",
    "facebook_post": "Facebook Post",
    "facebook_message": "Facebook Message",
    "instagram_dm": "Instagram Direct",
    "native_messaging": "Messaging",
}
_MAIL_DOMAINS = {
    "amazon_it": "marketplace.amazon.it",
    "amazon_de": "marketplace.amazon.de",
    "amazon_uk": "marketplace.amazon.co.uk",
    "ebay_de": "members.ebay.de",
    "webshop_email": "mail.example",
}


def buyer_address(channel_id: str, user: EndUser) -> str:
    """The (relay) mail address of a buyer; synthetic."""
    return f"b{user.user_id % 10**10:010d}@{_MAIL_DOMAINS.get(channel_id, 'mail.example')}"


def via_word(key: str) -> str:
    """Display word of a via key, as ``ticket_events`` prints it."""
    head = key.split(":", 1)[0]
    if head in ("merge_into", "merge_from"):
        return "Merge"
    if head == "split":
        return "Web form"
    if head == "follow_up":
        return _WORDS.get(key.split(":", 2)[2], "Web form")
    if head in RULES:
        return "Rule" if RULES[head][2] == "trigger" else "Automation"
    return _WORDS.get(key, "Web form")


def via_object(key: str, ticket: Ticket, user: EndUser | None) -> dict[str, Any]:
    """The ``via`` object of a via key on ``ticket``; ``user`` is its requester."""
    head, _, rest = key.partition(":")
    if head in RULES:
        rule_id, title, rel = RULES[head]
        return _via("rule", {"id": rule_id, "title": title}, {}, rel)
    if head == "merge_into":
        return _via("web", {"ticket_id": ticket.ticket_id}, {"ticket_id": int(rest)}, "merge")
    if head == "merge_from":
        return _via("web", {"ticket_id": int(rest)}, {"ticket_id": ticket.ticket_id}, "merge")
    if head == "split":
        return _via("web", {"ticket_id": int(rest)}, {}, "split")
    if head == "follow_up":
        origin, _, original_key = rest.partition(":")
        via = via_object(original_key, ticket, user)
        via["source"]["from"]["ticket_id"] = int(origin)
        via["source"]["rel"] = "follow_up"
        return via
    if head == "email" and user is not None:
        to = f"{ticket.channel_id.replace('_', '-')}@casanord.zendesk.example"
        sender = {
            "address": buyer_address(ticket.channel_id, user),
            "name": f"Buyer {user.user_id % 10**6:06d}",
        }
        return _via(
            "email", sender, {"address": to, "name": CHANNEL_BY_ID[ticket.channel_id].name}, None
        )
    if head.startswith("facebook_"):
        return _via("facebook", {}, {}, head.partition("_")[2])
    return _via(head, {}, {}, None)


def _via(
    channel: str, origin: dict[str, Any], target: dict[str, Any], rel: str | None
) -> dict[str, Any]:
    return {"channel": channel, "source": {"from": origin, "to": target, "rel": rel}}
