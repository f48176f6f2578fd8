"""Texts of landed messages for the store of texts: what stands in ``body_hash`` before it is hashed.

A file may bring the text itself there or a hash of its own making; a hash is no text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ingestion.canonical import Table
from ingestion.forgotten import SUPPRESSED
from ingestion.texts.keeper import TextKeeper
from ingestion.texts.keeping import CUSTOMER
from ingestion.texts.message import Message, utc_text
from ingestion.unchanged import Row

_TABLE, _COLUMN = "messages", "body_hash"
_HASH = re.compile(r"[0-9a-fA-F]{16,128}")


class LandedTexts:
    """Hands the texts of a folder's messages over."""

    def __init__(self, keeper: TextKeeper) -> None:
        self.keeper = keeper

    def plain(self, table: Table, values: dict[str, list[Any]]) -> Sequence[str | None]:
        """The texts of a batch before they are hashed; none while no texts are kept."""
        is_wanted = self.keeper.is_on and table.name == _TABLE
        return list(values[_COLUMN]) if is_wanted else ()

    def take(self, row: Row, text: str | None) -> None:
        """The text of a row that counts; ``row`` is as it is loaded."""
        sent_at, author = row["sent_at"], row["author_id"]
        if not isinstance(sent_at, datetime) or author == SUPPRESSED:
            return
        message = Message(
            str(row["tenant_id"]),
            str(row["source_system"]),
            str(row["message_id"]),
            str(row["ticket_id"]),
            str(row["author_role"]),
            utc_text(sent_at),
            author if row["author_role"] == CUSTOMER else None,
        )
        is_gone = row["is_deleted_in_source"] or row["deleted_at"] is not None
        if is_gone or (text and not _HASH.fullmatch(text.strip())):
            self.keeper.keep(message, None if is_gone else text)
