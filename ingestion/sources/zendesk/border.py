"""The privacy border (architecture D10): what a record may carry into the warehouse.

End users appear as keyed hashes only. Ids of staff stay readable, because assignments name them; who is staff is
learnt from user records and from assignments, and kept for good: a colleague who left, or was made an end user,
stays the author of the old replies.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ingestion.config import DEFAULT_TENANT
from ingestion.forgotten import SUPPRESSED, Forgotten
from ingestion.privacy import Pseudonymiser, is_thanks
from ingestion.sources.zendesk.texts import CommentTexts

PLATFORM = "zendesk"
FIELD_ROLES_SEED = (
    Path(__file__).parents[3] / "dbt_project" / "seeds" / "seed_zendesk_field_roles.csv"
)
STAFF_ROLES = frozenset({"agent", "admin"})
LIGHT_AGENT_ROLE_TYPE = 1
REDACTION_MARK = "\u2587"
SCRUBBED = "SCRUBBED"
_MEMO_LIMIT = 500_000


@cache
def field_roles(path: Path = FIELD_ROLES_SEED) -> dict[str, str]:
    """Role of a custom ticket field by its title (lower case); fields without a role may hold free text."""
    with path.open(encoding="utf-8", newline="") as handle:
        return {row["field_title"].strip().lower(): row["role"] for row in csv.DictReader(handle)}


def left_of(text: str | None) -> str | None:
    """A text; None for one that the vendor has blacked out."""
    if text is not None and (text == SCRUBBED or not text.strip(REDACTION_MARK + " \n")):
        return None
    return text


@dataclass
class Border:
    """Shared by all streams of one run: hashing with a memo, allowed custom fields, staff met so far."""

    pseudonymiser: Pseudonymiser
    roles: dict[str, str] = field(default_factory=dict)
    """Role of the custom fields that may be loaded, by field id."""

    forgotten: Forgotten | None = None
    """Who was forgotten; None = nobody."""

    tenant_id: str = DEFAULT_TENANT

    texts: CommentTexts | None = None
    """Where texts go that are kept; None = nowhere."""

    _refs: dict[Any, str | None] = field(default_factory=dict)
    _staff_met: set[tuple[str, str]] = field(default_factory=set)
    _staff_rows: list[tuple[Any, ...]] = field(default_factory=list)

    def ref(self, user_id: Any) -> str | None:
        """Pseudonym of a user, or what stands for a forgotten one; null for nobody and for the system (id -1)."""
        if user_id is None or user_id in (-1, "-1", ""):
            return None
        found = self._refs.get(user_id)
        if found is None:
            if len(self._refs) > _MEMO_LIMIT:
                self._refs.clear()
            found = self._refs[user_id] = (
                SUPPRESSED
                if self.forgotten and self.forgotten.holds(self.tenant_id, PLATFORM, user_id)
                else self.pseudonymiser.customer_ref(PLATFORM, user_id)
            )
        return found

    def body(self, text: str | None) -> tuple[str | None, int | None, bool | None]:
        """Keyed hash, length and thank-you flag of a text that is dropped here.

        A text that the vendor has blacked out tells nothing: two redacted comments are not the same comment.
        """
        text = left_of(text)
        digest, chars = self.pseudonymiser.body_fingerprint(text)
        return digest, chars, is_thanks(text)

    def meet_staff(
        self,
        user_id: Any,
        evidence: str,
        since: str | None,
        name: str | None = None,
        tags: str | None = None,
    ) -> None:
        """Note that a user was seen as staff (``evidence`` agent, admin, light_agent, former_agent or assignee)."""
        ref = self.ref(user_id)
        if ref is None or (ref, evidence) in self._staff_met:
            return
        self._staff_met.add((ref, evidence))
        if self.texts is not None:
            self.texts.meet_staff(ref, name, tags)
        self._staff_rows.append((ref, int(user_id), evidence, name, tags, since))

    def take_staff(self) -> list[tuple[Any, ...]]:
        """Rows of ``staff_identities`` met since the last call."""
        rows, self._staff_rows = self._staff_rows, []
        return rows
