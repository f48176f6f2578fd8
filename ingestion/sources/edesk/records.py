"""The privacy border: vendor records to raw rows. Names of buyers, addresses and texts end here."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ingestion.forgotten import SUPPRESSED
from ingestion.privacy import Pseudonymiser, is_thanks
from ingestion.sources.edesk.columns import TEMPLATES
from ingestion.sources.marketplace.tables import RawTable, json_text
from ingestion.unchanged import Row

PLATFORM = "edesk"
WORDS_SEED = Path(__file__).parents[3] / "dbt_project" / "seeds" / "seed_edesk_words.csv"
STATUSES = ("Scheduled", "Spam", "Archived", "Open", "Pending", "Closed")
_STATUS_WORD = re.compile(rf"\b({'|'.join(STATUSES)})\b", re.IGNORECASE)


@cache
def field_roles(path: Path = WORDS_SEED) -> dict[str, str]:
    """Role of a custom field by its name (lower case); fields without a role may hold free text and end here."""
    with path.open(encoding="utf-8", newline="") as handle:
        return {
            row["word"].strip().lower(): row["meaning"]
            for row in csv.DictReader(handle)
            if row["subject"] == "field"
        }


def instant_of(value: Any) -> Any:
    """An instant as ISO-8601 in UTC: the vendor writes ``2025-03-07 08:40:44`` and declares a number (notes D4).

    What is neither is handed on, for the column's type to refuse.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC).isoformat()
    if isinstance(value, str):
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            return value
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).isoformat()
    return value


def status_word(body: str | None) -> str | None:
    """The status that an item of type ``Status`` tells: the last status word of its text; null without one."""
    found = _STATUS_WORD.findall(body or "")
    return str(found[-1]).capitalize() if found else None


def _reference(value: Any) -> Any:
    """An id, or null: the vendor writes 0, false or nothing where there is none."""
    return value or None


@dataclass
class Border:
    """What the records of one run share."""

    pseudonymiser: Pseudonymiser
    is_forgotten: Callable[[str], bool] = lambda _: False
    roles: dict[str, str] = field(default_factory=field_roles)

    def ref(self, contact_id: Any) -> str | None:
        """Pseudonym of a buyer, or what stands for a forgotten one."""
        if not contact_id:
            return None
        if self.is_forgotten(str(contact_id)):
            return SUPPRESSED
        return self.pseudonymiser.customer_ref(PLATFORM, contact_id)

    def ticket(self, record: dict[str, Any]) -> Row:
        """A ticket; of the embedded order its number alone."""
        order = record.get("sales_order") or {}
        return {
            "id": record["id"],
            "type": record.get("type"),
            "channel_id": _reference(record.get("channel_id")),
            "status": record.get("status"),
            "owner_user_id": _reference(record.get("owner_user_id")),
            "created_at": instant_of(record.get("created_at")),
            "last_updated_at": instant_of(record.get("last_updated_at")),
            "seller_order_id": order.get("seller_order_id"),
            "contact_ref": self.ref(record.get("contact_id")),
            "subject_hash": self.pseudonymiser.body_fingerprint(record.get("subject"))[0],
            "custom_fields": json_text(self._allowed(record.get("custom_fields"))),
            "tags_ids": json_text([int(one) for one in record.get("tags_ids") or ()]),
            "messages_ids": json_text([int(one) for one in record.get("messages_ids") or ()]),
            "replies": record.get("replies"),
            "ai_classification": record.get("ai_classification"),
            "missing_since": None,
        }

    def item(self, record: dict[str, Any]) -> Row:
        """A timeline item; of the text remain fingerprint, length, thanks and a status word."""
        body = record.get("body")
        digest, chars = self.pseudonymiser.body_fingerprint(body)
        user = record.get("from_user") or {}
        is_status = record.get("type") == "Status"
        return {
            "id": _whole(record["id"]),
            "ticket_id": _whole(record.get("ticket_id")),
            "type": record.get("type") or "Unknown",
            "direction": record.get("direction"),
            "created_at": instant_of(record.get("created_at")),
            "from_user_id": _reference(user.get("id")),
            "from_consumer_ref": self.ref(record.get("from_consumer_id")),
            "status_word": status_word(body) if is_status else None,
            "body_hash": None if is_status else digest,
            "body_chars": None if is_status else chars,
            "is_thanks": None if is_status else is_thanks(body),
            "has_errors": bool(record.get("errors")),
            "missing_since": None,
        }

    def _allowed(self, fields: Any) -> dict[str, str]:
        return {
            self.roles[name]: str(one["value"])
            for one in fields or ()
            if one.get("value") not in (None, "")
            and (name := str(one.get("name")).strip().lower()) in self.roles
        }


def listed(table: RawTable, record: dict[str, Any]) -> Row:
    """An entry of a reference list; a template's text ends here."""
    row = {name: record.get(name) for name in table.columns}
    if table is TEMPLATES:
        row["created_at"] = instant_of(row["created_at"])
    return row | {"missing_since": None}


def _whole(value: Any) -> Any:
    """Ids of items are declared numbers, not integers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
