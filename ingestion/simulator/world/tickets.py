"""What a simulated ticket is: its whole future life as timestamped audits, and the builder that writes them.

An audit is one saved change, like the helpdesk's own. It holds plain tuples, because a benchmark world has millions:

``("set", field, value, previous, created)``   a field got a value; ``created`` marks first values
``("comment", number, author, public, text, via)``   ``text`` is a recipe for ``texts.body_of``
``("macro", macro_id)`` · ``("redact", number)`` · ``("privacy", number, public)`` · ``("error", number)``
``("survey",)`` · ``("rating", score)`` · ``("scrub",)``

The builder also takes ``("redact_last",)``, ``("hide_last",)`` and ``("error_last",)`` and fills in the number.

``number`` counts the comments of a ticket from 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Fact = tuple[Any, ...]
Text = tuple[Any, ...]
Rating = tuple[int, str, int | None, int | None]
"""When, score, assignee and group of then."""
IDS_PER_TICKET = 1000
"""Audit and event ids of a ticket lie in [ticket_id * this, (ticket_id + 1) * this)."""


class Audit:
    """One saved change. ``at`` = its own time; ``seen`` ≥ ``at`` = when the vendor first shows it."""

    __slots__ = ("at", "author", "facts", "meta", "number", "seen", "via")

    def __init__(
        self,
        number: int,
        at: int,
        author: int,
        via: str,
        facts: list[Fact],
        meta: dict[str, Any] | None,
    ) -> None:
        self.number = number
        self.at = at
        self.seen = at
        self.author = author
        self.via = via
        self.facts = facts
        self.meta = meta


class Ticket:
    """A helpdesk ticket with its whole life in ``audits`` (in order of ``at``)."""

    __slots__ = (
        "account_id",
        "audits",
        "channel_id",
        "created",
        "follow_up_of",
        "language",
        "merged_into",
        "order_id",
        "planted",
        "ratings",
        "reason",
        "requester_id",
        "split_from",
        "subject",
        "submitter_id",
        "ticket_id",
        "via",
    )

    def __init__(
        self, ticket_id: int, channel_id: str, requester_id: int, language: str, created: int
    ) -> None:
        self.ticket_id = ticket_id
        self.channel_id = channel_id
        self.requester_id = requester_id
        self.submitter_id = requester_id
        self.language = language
        self.created = created
        self.via = "email"
        self.account_id: str | None = None
        self.order_id: str | None = None
        self.reason = ""
        self.subject: Text = ()
        self.follow_up_of = 0
        self.split_from = 0
        self.merged_into = 0
        self.planted: set[str] = set()
        self.audits: list[Audit] = []
        self.ratings: list[Rating] = []

    def audit_id(self, audit: Audit) -> int:
        """Vendor id of ``audit``; its events have the ids that follow."""
        return self.ticket_id * IDS_PER_TICKET + audit.number


def _resolved(fact: Fact, last_comment: int) -> Fact:
    """Facts about "the last comment" with its number."""
    if fact[0] == "redact_last":
        return ("redact", last_comment)
    if fact[0] == "hide_last":
        return ("privacy", last_comment, False)
    if fact[0] == "error_last":
        return ("error", last_comment)
    return fact


class TicketBuilder:
    """Writes a ticket's audits in order of time, recording only what really changes."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.fields: dict[str, Any] = {
            "status": None,
            "priority": None,
            "group_id": None,
            "assignee_id": None,
            "reason": None,
        }
        self.tags: list[str] = []
        self.comments = 0
        self.last_at = ticket.created - 1
        self._number = 1

    @property
    def status(self) -> str:
        """Status after the last audit."""
        return str(self.fields["status"])

    @property
    def assignee(self) -> int | None:
        """Assignee after the last audit."""
        value: int | None = self.fields["assignee_id"]
        return value

    @property
    def group(self) -> int | None:
        """Group after the last audit."""
        value: int | None = self.fields["group_id"]
        return value

    def write(
        self,
        at: int,
        author: int,
        *,
        via: str = "web",
        comment: tuple[bool, Text] | None = None,
        comment_author: int | None = None,
        macro: int | None = None,
        add_tags: Sequence[str] = (),
        drop_tags: Sequence[str] = (),
        facts: Sequence[Fact] = (),
        meta: dict[str, Any] | None = None,
        **changes: Any,
    ) -> Audit:
        """Append one audit at ``at``, or a second behind the last one where that is later.

        Args:
            at: epoch seconds.
            author: user id who saved the change; -1 for rules and automations.
            via: key of the way the change came (``zendesk.via``).
            comment: (public, text recipe) of a comment written with the change.
            comment_author: its author where it differs from ``author``.
            macro: macro used for the comment.
            add_tags: tags that come.
            drop_tags: tags that go.
            facts: further facts, taken as they are.
            meta: custom metadata of the audit; ``late_by`` = seconds until the vendor shows it.
            changes: new values of status, priority, group_id, assignee_id, reason.
        """
        self.last_at = at = max(at, self.last_at + 1)
        is_first = not self.ticket.audits
        written: list[Fact] = []
        if comment is not None:
            self.comments += 1
            written.append(("comment", self.comments, comment_author or author, *comment, via))
        if macro is not None:
            written.append(("macro", macro))
        for field, value in changes.items():
            previous = self.fields[field]
            if value != previous:
                self.fields[field] = value
                written.append(("set", field, value, previous, is_first))
        written.extend(self._tag_change(add_tags, drop_tags, is_first))
        written.extend(_resolved(fact, self.comments) for fact in facts)
        return self._append(at, author, via, written, meta)

    def _tag_change(self, add: Sequence[str], drop: Sequence[str], is_first: bool) -> list[Fact]:
        """The fact that the tag list changes, if it does."""
        added = [tag for tag in add if tag not in self.tags]
        before = tuple(self.tags)
        self.tags = [tag for tag in self.tags if tag not in drop] + added
        after = tuple(self.tags)
        return [("set", "tags", after, before, is_first)] if after != before else []

    def _append(
        self, at: int, author: int, via: str, facts: list[Fact], meta: dict[str, Any] | None
    ) -> Audit:
        """Number an audit and append it."""
        audit = Audit(self._number, at, author, via, facts, meta)
        if meta is not None and "late_by" in meta:
            audit.seen = at + meta["late_by"]
            audit.meta = {key: value for key, value in meta.items() if key != "late_by"} or None
        self._number += len(facts) + 2
        self.ticket.audits.append(audit)
        return audit

    def finish(self) -> Ticket:
        """The ticket with all audits written so far."""
        return self.ticket
