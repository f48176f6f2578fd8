"""Texts of timeline items for the store of texts, under the ids and roles that the canonical messages have."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from ingestion.forgotten import SUPPRESSED
from ingestion.sources.edesk.records import PLATFORM, WORDS_SEED
from ingestion.texts.keeper import TextKeeper
from ingestion.texts.keeping import AGENT, CUSTOMER
from ingestion.texts.message import Message, utc_text
from ingestion.unchanged import Row

_ROLES = {"bot": "bot", "automatic": "system", "notice": "marketplace", "note": AGENT}
_NO_MESSAGE = "nothing"


@cache
def item_words(path: Path = WORDS_SEED) -> dict[str, str]:
    """What an item of a type is read as: message, note, automatic, bot, review, notice or nothing."""
    with path.open(encoding="utf-8", newline="") as handle:
        return {
            row["word"]: row["meaning"]
            for row in csv.DictReader(handle)
            if row["subject"] == "item_type" and row["tenant_id"] == "*"
        }


def keep_item(keeper: TextKeeper, tenant_id: str, row: Row, text: str | None) -> None:
    """Hand over the text of an item that is loaded as ``row`` (``edesk__messages`` names and reads it alike)."""
    read_as = item_words().get(row["type"], _NO_MESSAGE)
    if not keeper.is_on or read_as == _NO_MESSAGE or row["from_consumer_ref"] == SUPPRESSED:
        return
    role = _ROLES.get(read_as) or (CUSTOMER if row["direction"] == "Incoming" else AGENT)
    message = Message(
        tenant_id,
        PLATFORM,
        f"{row['type']}-{row['id']}-{row['ticket_id']}",
        str(row["ticket_id"]),
        role,
        _sent_at(row["created_at"]),
        row["from_consumer_ref"] if role == CUSTOMER else None,
    )
    keeper.keep(message, text)


def _sent_at(value: object) -> str:
    """The instant of an item; one that cannot be read counts as the oldest, so that it is not kept."""
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        return ""
    return utc_text(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
