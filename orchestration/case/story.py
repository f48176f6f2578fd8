"""The story of a ticket: what was owed at each turn and by whom, who held it, what it cost, and what happened in order.

Command and page read the same rows: published core facts, and of the private copy beside them the order, its defects
and the time spent. Of a message the story knows author, instant and length; what was written is another look
(:mod:`orchestration.case.texts`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ingestion.errors import ConfigurationError
from orchestration.case import evidence, facts
from orchestration.case.facts import Row, names_of, parts_of, tickets_of
from orchestration.presenting.publication import Publication
from orchestration.tenants import shown_tenants, tenants_of

_SHOWN_KEY = 8
NOBODY = {"unowned": "the queue", "aggregated": "aggregated"}


@dataclass(frozen=True)
class Story:
    """One ticket; rows as the facts hold them, names by agent key as its legal entity shows them.

    ``is_whole`` is False where the private copy is missing: then ``orders``, ``defects``, ``asked`` and ``work`` are
    empty because nobody knows.
    """

    ticket: Row
    turns: list[Row]
    holders: list[Row]
    cycles: list[Row]
    promises: list[Row]
    happened: list[Row]
    surveys: list[Row]
    reviews: list[Row]
    causes: list[Row]
    names: dict[str, str]
    as_of: datetime | None
    orders: list[Row] = field(default_factory=list)
    defects: list[Row] = field(default_factory=list)
    asked: list[Row] = field(default_factory=list)
    work: list[Row] = field(default_factory=list)
    is_whole: bool = False

    def name(self, key: str | None) -> str:
        """Who that is: a name, the beginning of a key, or nobody."""
        if key is None:
            return ""
        return self.names.get(key) or NOBODY.get(key) or key[:_SHOWN_KEY]

    def persons(self) -> list[str]:
        """Keys of everybody in it, for the log of look-ups."""
        return sorted(set(self._keys()))

    def _keys(self) -> Iterator[str]:
        for rows in ([self.ticket], *self._parts()):
            for row in rows:
                for column, value in row.items():
                    if column.endswith("agent_key") and value is not None:
                        yield str(value)
        # an assignment names the person it went to, a review the person it judged
        for row in self.happened:
            for value in (row["from_value"], row["to_value"]):
                if value in self.names:
                    yield str(value)

    def _parts(self) -> Iterator[list[Row]]:
        for name in (*facts.PARTS, *evidence.PARTS):
            yield getattr(self, name)

    @property
    def rows(self) -> int:
        """How many rows of facts it shows."""
        return sum(map(len, self._parts()))

    def handling(self, turn: Row) -> tuple[float, bool] | None:
        """Seconds that people spent on a turn, and whether all were measured; None where no session is known."""
        found = [one for one in self.work if one["obligation_key"] == turn["obligation_key"]]
        if not found:
            return None
        return sum(float(one["handle_s"]) for one in found), all(
            one["is_measured"] for one in found
        )

    @property
    def handled_s(self) -> float:
        """Seconds that people spent on the ticket."""
        return sum(float(one["handle_s"]) for one in self.work)


def stories(publication: Publication, ticket_id: str, tenant: str | None = None) -> list[Story]:
    """The stories of all tickets of that number: one, unless several sources or tenants use it.

    Raises:
        ConfigurationError: there is no such ticket, or no such tenant.
    """
    known = tenants_of(publication.connection.cursor())
    found = stories_of(publication, ticket_id, shown_tenants(known, tenant))
    if not found:
        raise ConfigurationError(
            f"No ticket {ticket_id} is published: give the id as the helpdesk shows it, or run deskhouse run first "
            "if it is new."
        )
    return found


def stories_of(publication: Publication, ticket_id: str, tenants: Sequence[str]) -> list[Story]:
    """The same of some tenants; none where no such ticket is published."""
    tickets = tickets_of(publication, ticket_id, tenants)
    names = names_of(publication) if tickets else {}
    return [_story(publication, ticket, names) for ticket in tickets]


def _story(publication: Publication, ticket: Row, names: dict[str, str]) -> Story:
    key = ticket["ticket_key"]
    known = evidence.beside(publication, key)
    return Story(
        ticket,
        **parts_of(publication, key, ticket["effective_ticket_key"] or key),
        names=names,
        as_of=publication.as_of,
        **(known or {}),
        is_whole=known is not None,
    )
