"""Endpoints about single tickets and ratings: what the exports do not carry, and what archiving hides."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import QueryParams

from ingestion.simulator.clock import iso_z
from ingestion.simulator.world.tickets import Rating, Ticket
from ingestion.simulator.zendesk.event_json import audit_json
from ingestion.simulator.zendesk.index import ExportIndex, state_of
from ingestion.simulator.zendesk.metrics import MetricSets
from ingestion.simulator.zendesk.paging import Row, integer, paged
from ingestion.simulator.zendesk.ticket_json import comment_json, rating_id, ticket_json


class SingleTickets:
    """Answers for one ticket or the plain lists; deleted tickets answer nothing (404, trap Z9)."""

    def __init__(self, index: ExportIndex, metric_sets: MetricSets, base_url: str) -> None:
        self.index = index
        self.metric_sets = metric_sets
        self.base_url = base_url

    def _living(self, ticket_id: int, instant: int) -> Ticket | None:
        ticket = self.index.ticket(ticket_id, instant)
        if ticket is None or state_of(ticket, instant).status == "deleted":
            return None
        return ticket

    def _all(self, instant: int) -> list[Ticket]:
        return [
            ticket
            for ticket in self.index.world.tickets
            if ticket.created <= instant and state_of(ticket, instant).status != "deleted"
        ]

    def show(self, ticket_id: int, instant: int) -> Row | None:
        """``/tickets/{id}``."""
        ticket = self._living(ticket_id, instant)
        return None if ticket is None else {"ticket": self._without_stamp(ticket, instant)}

    def _without_stamp(self, ticket: Ticket, instant: int) -> dict[str, Any]:
        row = ticket_json(self.index, self.base_url, ticket, instant)
        del row["generated_timestamp"]
        return row

    def audits(self, ticket_id: int, instant: int, url: str, params: QueryParams) -> Row | None:
        """``/tickets/{id}/audits``, oldest first."""
        ticket = self._living(ticket_id, instant)
        if ticket is None:
            return None
        shown = [audit for audit in ticket.audits if audit.seen <= instant]
        return paged(
            shown,
            "audits",
            url,
            params,
            lambda audit: audit_json(self.index, ticket, audit, instant),
        )

    def comments(self, ticket_id: int, instant: int, url: str, params: QueryParams) -> Row | None:
        """``/tickets/{id}/comments``, oldest first; redacted and hidden ones as they stand."""
        ticket = self._living(ticket_id, instant)
        if ticket is None:
            return None
        state = state_of(ticket, instant)
        user = self.index.world.buyers.by_id.get(ticket.requester_id)
        rows: list[Row] = []
        for audit in ticket.audits:
            if audit.seen > instant:
                continue
            for place, fact in enumerate(audit.facts):
                if fact[0] == "comment":
                    row = comment_json(ticket, audit, place, fact, user, state.redacted)
                    row["public"] = row["public"] and fact[1] not in state.hidden
                    rows.append(row)
        return paged(rows, "comments", url, params)

    def _metric_set(self, ticket: Ticket, instant: int) -> dict[str, Any]:
        updated = state_of(ticket, instant).updated_at
        return self.metric_sets.metric_set(ticket, instant, self.base_url, updated)

    def metrics(self, ticket_id: int, instant: int) -> Row | None:
        """``/tickets/{id}/metrics``."""
        ticket = self._living(ticket_id, instant)
        return None if ticket is None else {"ticket_metric": [self._metric_set(ticket, instant)]}

    def list(self, instant: int, url: str, params: QueryParams) -> Row:
        """``/tickets``: neither deleted nor archived ones."""
        shown = [
            ticket for ticket in self._all(instant) if not self.index.archived(ticket, instant)
        ]
        return paged(
            shown, "tickets", url, params, lambda ticket: self._without_stamp(ticket, instant)
        )

    def all_metrics(self, instant: int, url: str, params: QueryParams) -> Row:
        """``/ticket_metrics``: newest first, archived tickets missing (trap Z10)."""
        shown = [
            ticket for ticket in self._all(instant) if not self.index.archived(ticket, instant)
        ]
        shown.reverse()
        return paged(
            shown, "ticket_metrics", url, params, lambda ticket: self._metric_set(ticket, instant)
        )

    def deleted(self, instant: int, url: str, params: QueryParams) -> Row:
        """``/deleted_tickets`` of the last 30 days, with the vendor's odd time format (trap Z17)."""
        rows: list[Row] = []
        for ticket in self.index.world.tickets:
            if "deleted" not in ticket.planted or ticket.created > instant:
                continue
            state = state_of(ticket, instant)
            if state.status != "deleted" or state.is_scrubbed:
                continue
            audit = next(
                a
                for a in ticket.audits
                if any(f[:3] == ("set", "status", "deleted") for f in a.facts)
            )
            previous = next(f[3] for f in audit.facts if f[:3] == ("set", "status", "deleted"))
            rows.append(
                {
                    "id": ticket.ticket_id,
                    "subject": ticket_json(self.index, self.base_url, ticket, instant)["subject"],
                    "description": "",
                    "actor": {"id": audit.author, "name": f"User {audit.author}"},
                    "deleted_at": iso_z(audit.at).replace("-", "", 2),
                    "previous_state": previous,
                }
            )
        rows.sort(key=lambda row: (row["deleted_at"], row["id"]))
        return paged(rows, "deleted_tickets", url, params)


def ratings_page(index: ExportIndex, url: str, params: QueryParams, instant: int) -> Row:
    """``/satisfaction_ratings``: one record per survey; ``start_time``/``end_time`` compare with its creation."""
    start = integer(params, "start_time", 0)
    end = integer(params, "end_time", 1 << 40)
    wanted = params.get("score", "")
    shown = [
        (ticket, rating)
        for offered, ticket in index.ratings
        if start <= offered <= min(end, instant)
        and (rating := _rating_at(ticket, instant)) is not None
        and _matches(rating[1], wanted)
    ]
    return paged(
        shown, "satisfaction_ratings", url, params, lambda one: _rating_json(one[0], one[1], url)
    )


def _rating_at(ticket: Ticket, instant: int) -> Rating | None:
    """The newest rating of a ticket as of an instant."""
    return next((rating for rating in reversed(ticket.ratings) if rating[0] <= instant), None)


def _rating_json(ticket: Ticket, rating: Rating, url: str) -> Row:
    at, score, assignee, group = rating
    number = rating_id(ticket)
    return {
        "id": number,
        "ticket_id": ticket.ticket_id,
        "requester_id": ticket.requester_id,
        "assignee_id": assignee,
        "group_id": group,
        "score": score,
        "comment": None,
        "reason": "No reason provided",
        "reason_id": None,
        "reason_code": 0,
        "created_at": iso_z(ticket.ratings[0][0]),
        "updated_at": iso_z(at),
        "url": f"{url}/{number}.json",
    }


def _matches(score: str, wanted: str) -> bool:
    """The ``score`` filter: exact words, and ``received`` for any answer."""
    if not wanted:
        return True
    wanted = wanted.removesuffix("_without_comment")
    return score in ("good", "bad") if wanted == "received" else score == wanted
