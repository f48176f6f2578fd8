"""Columns of ``raw_edesk``: an allow-list. Buyers are pseudonyms, texts are fingerprints, nested values JSON."""

from __future__ import annotations

from ingestion.sources.marketplace.tables import RawTable

TICKETS = RawTable(
    "edesk",
    "tickets",
    {
        "id": "bigint",
        "type": "text",
        "channel_id": "bigint",
        "status": "text",
        "owner_user_id": "bigint",
        "created_at": "timestamp",
        "last_updated_at": "timestamp",
        "seller_order_id": "text",
        "contact_ref": "text",
        "subject_hash": "text",
        "custom_fields": "text",
        "tags_ids": "text",
        "messages_ids": "text",
        "replies": "bigint",
        "ai_classification": "text",
        "missing_since": "timestamp",
    },
    ("id",),
)
"""Newest state. ``time_left_to_reply`` moves with the clock and is not kept."""

TICKET_STATES = RawTable(
    "edesk",
    "ticket_states",
    {
        "ticket_id": "bigint",
        "seen_at": "timestamp",
        "status": "text",
        "owner_user_id": "bigint",
        "tags_ids": "text",
        "previous_seen_at": "timestamp",
    },
    ("ticket_id", "seen_at"),
)
"""History of the snapshots, append-only: a row whenever status, owner or tags are others than when seen before.

``previous_seen_at`` is the instant of the last poll that met the state before; null for the first state.
"""

MESSAGES = RawTable(
    "edesk",
    "messages",
    {
        "id": "bigint",
        "ticket_id": "bigint",
        "type": "text",
        "direction": "text",
        "created_at": "timestamp",
        "from_user_id": "bigint",
        "from_consumer_ref": "text",
        "status_word": "text",
        "body_hash": "text",
        "body_chars": "bigint",
        "is_thanks": "bool",
        "has_errors": "bool",
        "missing_since": "timestamp",
    },
    ("type", "id", "ticket_id"),
)
"""Timeline items. An id alone is not unique (contract notes D3)."""

USERS = RawTable(
    "edesk",
    "users",
    {
        "id": "bigint",
        "name": "text",
        "role": "text",
        "active": "bool",
        "missing_since": "timestamp",
    },
    ("id",),
)
CHANNELS = RawTable(
    "edesk",
    "channels",
    {
        "id": "bigint",
        "type": "text",
        "country": "text",
        "currency": "text",
        "name": "text",
        "missing_since": "timestamp",
    },
    ("id",),
)
TAGS = RawTable(
    "edesk",
    "tags",
    {
        "id": "bigint",
        "name": "text",
        "active": "bool",
        "tag_group_id": "bigint",
        "missing_since": "timestamp",
    },
    ("id",),
)
TAG_GROUPS = RawTable(
    "edesk",
    "tag_groups",
    {
        "id": "bigint",
        "name": "text",
        "entity_type": "text",
        "type": "text",
        "hide": "bool",
        "missing_since": "timestamp",
    },
    ("id",),
)
TEMPLATES = RawTable(
    "edesk",
    "templates",
    {
        "id": "bigint",
        "name": "text",
        "template_usage": "text",
        "active": "bool",
        "created_at": "timestamp",
        "missing_since": "timestamp",
    },
    ("id",),
)

LISTS = {
    "/users": USERS,
    "/channels": CHANNELS,
    "/tags": TAGS,
    "/tag-groups": TAG_GROUPS,
    "/templates": TEMPLATES,
}
"""Reference lists, read whole, by their path."""

CANONICAL_TABLES = {
    "users": "agents",
    "channels": "channels",
    "tags": "tags",
    "tag_groups": "tags",
    "templates": "macros",
}
"""Canonical table that a reference list feeds: where a record that cannot be read is missing."""

ALL_TABLES = (TICKETS, TICKET_STATES, MESSAGES, *LISTS.values())
