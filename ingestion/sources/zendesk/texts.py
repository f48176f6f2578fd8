"""Texts of comments for the store of texts: who wrote them is settled when every record of a colleague was read.

Comments and users come in one load, in turns. A text of an author who is not known as staff yet waits in a file of its
own that no name leads to, encrypted with a key that ends with this process: no buyer's text is left behind where only
agents' texts are kept.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from ingestion.config import IngestionSettings
from ingestion.forgotten import SUPPRESSED
from ingestion.sources.zendesk.columns import STAFF_IDENTITIES
from ingestion.texts.keeper import TextKeeper
from ingestion.texts.keeping import AGENT, CUSTOMER
from ingestion.texts.message import Message, utc_text
from ingestion.unchanged import stored_rows

SYSTEM = "zendesk"
BOT, RULE = "bot", "system"
SERVICE_USERS_SEED = (
    Path(__file__).parents[3] / "dbt_project" / "seeds" / "seed_zendesk_service_users.csv"
)
_SERVICE_TAGS = frozenset({"integration", "bot"})
_RULE_WORDS = frozenset({"rule", "trigger", "automation", "business rule"})
_RULE_RELATIONS = frozenset({"trigger", "automation"})
"""As macro ``zendesk_is_rule`` reads them."""
_MERGE, _CALL = "merge", "voice"
"""Texts that the vendor makes in an agent's name: a merge quotes the buyer's last comment, a call what was said."""


@cache
def service_names(path: Path = SERVICE_USERS_SEED) -> frozenset[str]:
    """Display names of accounts that no person writes with."""
    with path.open(encoding="utf-8", newline="") as handle:
        return frozenset(row["display_name"] for row in csv.DictReader(handle))


class Colleagues:
    """Pseudonyms of staff as far as they were met: persons, and accounts of bots and integrations."""

    def __init__(self) -> None:
        self.met: set[str] = set()
        self.services: set[str] = set()
        self._described: set[str] = set()

    def meet(self, ref: str, name: str | None, tags: str | None) -> None:
        """Note a member of staff; an assignment alone tells neither name nor tags."""
        self.met.add(ref)
        if name is not None:
            self._described.add(ref)
        if name in service_names() or _SERVICE_TAGS.intersection(json.loads(tags or "[]")):
            self.services.add(ref)

    def role(self, ref: str) -> str | None:
        """Role of an author who is known for certain; None while a record may still say otherwise."""
        if ref in self.services:
            return BOT
        return AGENT if ref in self._described else None

    def settled_role(self, ref: str) -> str:
        """Role of an author when every record was read."""
        return self.role(ref) or (AGENT if ref in self.met else CUSTOMER)


class CommentTexts:
    """The texts of one run's comments."""

    def __init__(self, settings: IngestionSettings, dataset: str, tenant_id: str) -> None:
        self.keeper = TextKeeper(settings)
        self._as_of = settings.as_of
        self._tenant_id = tenant_id
        self._colleagues = Colleagues()
        self._later: _Later | None = None
        if self.keeper.is_on:
            self._later = _Later()
            for row in stored_rows(
                settings.warehouse,
                dataset,
                STAFF_IDENTITIES.name,
                ("user_ref", "name", "tags"),
            ):
                self._colleagues.meet(*row)

    def meet_staff(self, ref: str, name: str | None, tags: str | None) -> None:
        """Note a member of staff."""
        if self.keeper.is_on:
            self._colleagues.meet(ref, name, tags)

    def take(
        self, ticket_id: Any, comment: dict[str, Any], text: str | None, shown_at: datetime | None
    ) -> None:
        """The text of a comment as it goes to the warehouse; without one, what was stored of the comment goes."""
        author = comment.get("author")
        if self._later is None or author == SUPPRESSED:
            return
        if not text:
            self.blacked_out(comment["id"])
            return
        role = RULE if _is_made(comment) else self._colleagues.role(str(author))
        at = utc_text(shown_at or self._as_of)
        message = self._message(comment["id"], ticket_id, role or CUSTOMER, at, author)
        if role is not None or CUSTOMER in self.keeper.keeping.roles:
            self.keeper.keep(message, text)
        elif self.keeper.may_keep(message):
            self._later.add(message, text)

    def blacked_out(self, comment_id: str) -> None:
        """A comment of which the vendor removed something: nobody says what, so its whole text goes."""
        if self._later is not None:
            self._later.drop(comment_id)
            self.keeper.drop((self._tenant_id, SYSTEM, comment_id))

    def settle(self) -> None:
        """Every record was read: what waits is an agent's or is not kept, and stored authors get their roles."""
        if self._later is None:
            return
        with closing(self._later) as later:
            for comment_id, ticket_id, at, author, text in later.taken():
                role = self._colleagues.settled_role(author)
                self.keeper.keep(self._message(comment_id, ticket_id, role, at, author), text)
        self._later = None
        people = self._colleagues
        for role, refs in ((BOT, people.services), (AGENT, people.met - people.services)):
            self.keeper.relabel(refs, role, self._tenant_id, SYSTEM)

    def _message(
        self, comment_id: str, ticket_id: Any, role: str, at: str, author: str | None
    ) -> Message:
        buyer = author if role == CUSTOMER else None
        return Message(self._tenant_id, SYSTEM, comment_id, str(ticket_id), role, at, buyer)


def _is_made(comment: dict[str, Any]) -> bool:
    """Whether no person wrote the text, whoever stands as its author."""
    return (
        comment.get("author") is None
        or str(comment.get("via", "")).lower() in _RULE_WORDS
        or comment.get("rel") in _RULE_RELATIONS | {_MERGE}
        or _CALL in str(comment.get("type", ""))
    )


class _Later:
    """Texts that wait for their author, in a temporary file that vanishes with its connection."""

    def __init__(self) -> None:
        self._cipher = Fernet(Fernet.generate_key())
        # An empty name: SQLite's own temporary file, which it unlinks as soon as it is open.
        self._connection = sqlite3.connect("", check_same_thread=False)
        self._connection.execute("pragma journal_mode = off")
        self._connection.execute(
            "create table texts (comment_id text primary key, ticket_id text, at text, author text, content blob)"
        )

    def add(self, message: Message, text: str) -> None:
        """Let a text wait; a newer one of the same comment takes its place."""
        sealed = self._cipher.encrypt(text.encode("utf-8", "surrogatepass"))
        self._connection.execute(
            "insert or replace into texts values (?, ?, ?, ?, ?)",
            (message.message_id, message.ticket_id, message.sent_at, message.buyer_ref, sealed),
        )

    def drop(self, comment_id: str) -> None:
        """Forget a text."""
        self._connection.execute("delete from texts where comment_id = ?", (comment_id,))

    def taken(self) -> Iterator[tuple[str, str, str, str, str]]:
        """All that waits: comment, ticket, instant, author, text."""
        rows = self._connection.execute("select * from texts order by comment_id")
        for comment_id, ticket_id, at, author, sealed in rows:
            text = self._cipher.decrypt(sealed).decode("utf-8", "surrogatepass")
            yield comment_id, ticket_id, at, author, text

    def close(self) -> None:
        """Let it vanish."""
        self._connection.close()
