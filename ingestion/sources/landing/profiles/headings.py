"""How tools name their columns and words, by which a draft of a profile guesses; nothing else relies on it."""

from __future__ import annotations

HEADINGS: dict[str, tuple[str, ...]] = {
    "ticket_id": (
        r"^(ticket|case|conversation|thread|dialog\w*|call|vorgang|issue)([ _]?(id|no|nr|number|key|ref))?$",
        r"^id$",
        r"^key$",
    ),
    "message_id": (r"^(message|comment|item|post|mail)[ _]?(id|no|number)$", r"^item$"),
    "event_id": (r"^(event|action|entry|log|activity)[ _]?(id|no|number)$", r"^entry$"),
    "created_at": (
        r"^created( ?at|[ _]on|[ _]time)?$",
        r"creat",
        r"^(opened|received|erstellt|queued[ _]at|start\w*)",
        r"^(time|date|timestamp|zeit)",
    ),
    "resolved": (r"resolved|solved|closed[ _]?(at|on)", r"gelöst|erledigt"),
    "source_updated_at": (r"updated|modified|changed", r"geändert"),
    "status": (r"status|state|result|outcome|stato|статус",),
    "priority": (r"priorit",),
    "channel_id": (r"channel|network|source|platform|queue|kanal|canale|канал",),
    "customer_ref": (
        r"customer|requester|buyer|client|caller|author|contact|kunde|cliente|^(from|number)$",
    ),
    "assignee_id": (
        r"(assignee|agent|operator|owner|user)[ _]?id$",
        r"assignee|agent|operator|owner|bearbeiter|operatore|оператор",
    ),
    "team_id": (r"team|group|department|gruppe",),
    "primary_reason_tag_id": (r"reason|category|contact[ _]type|grund",),
    "tag_ids": (r"^tags?$|labels?",),
    "order_id": (r"order|bestell|ordine",),
    "event_type": (r"action|event|activity|aktion|действие",),
}
"""Patterns of headings by what they seem to mean, the surest first."""

SYNONYMS: dict[str, dict[str, str]] = {
    "status": {
        **dict.fromkeys(("new", "neu"), "new"),
        **dict.fromkeys(("open", "offen", "in progress", "in bearbeitung", "reopened"), "open"),
        **dict.fromkeys(("pending", "waiting", "waiting for customer"), "pending"),
        "on hold": "on_hold",
        **dict.fromkeys(("solved", "resolved", "gelöst", "done", "erledigt"), "solved"),
        **dict.fromkeys(("answered", "transferred"), "solved"),
        **dict.fromkeys(("closed", "geschlossen", "abandoned", "missed"), "closed"),
        "spam": "spam",
        "deleted": "deleted",
    },
    "priority": {
        **dict.fromkeys(("low", "niedrig"), "low"),
        **dict.fromkeys(("normal", "medium", "mittel"), "normal"),
        **dict.fromkeys(("high", "hoch"), "high"),
        **dict.fromkeys(("urgent", "critical", "dringend"), "urgent"),
    },
}
"""Words of tools by canonical column."""
