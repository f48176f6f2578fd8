"""Marketplace requests as obligations (catalogue §3.1 "Case obligations", DECISIONS "Marketplace requests")."""

from __future__ import annotations

from tests.oracle.turns.turns import Turn
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.history import World
from tests.oracle.world.keys import key
from tests.oracle.world.tickets import BEGINNING, Ticket, Timeline, is_human_reply

_ALWAYS_REQUESTS = ("inr_case", "snad_case")


def case_turns(world: World) -> list[tuple[Turn, int | None]]:
    """Every request with the deadline the platform published (null = none)."""
    orders = {row["order_id"]: row for row in world.tables["orders"]}
    about: dict[str, list[Ticket]] = {}
    for ticket in world.tickets.values():
        if ticket.row["order_id"] is not None:
            about.setdefault(ticket.row["order_id"], []).append(ticket)
    found = []
    for row in world.tables["order_defects"]:
        is_request = row["respond_by"] is not None or row["defect_type"] in _ALWAYS_REQUESTS
        if not is_request or row["opened_at"] > world.as_of or row["is_deleted_in_source"]:
            continue
        tickets = about.get(row["order_id"], [])
        ticket = min(tickets, key=lambda t: _rank(world, t), default=None)
        turn = Turn(
            ticket or _nobody(row, orders.get(row["order_id"])),
            [],
            row["opened_at"],
            row["opened_at"],
            kind="case",
            mode="case",
        )
        order = orders.get(row["order_id"])
        turn.order_account = order["marketplace_account_id"] if order is not None else None
        _finish(world, turn, row, tickets)
        found.append((turn, row["respond_by"]))
    return found


def _rank(world: World, ticket: Ticket) -> tuple[int, int, str | None]:
    row = ticket.row
    channel = world.channels.get((row["source_system"], row["channel_id"]), {})
    is_case = channel.get("channel_class") == "marketplace_case"
    return (0 if is_case else 1, row["created_at"], key(*ticket.key))


def _nobody(defect: Row, order: Row | None) -> Ticket:
    """Stands in for the missing ticket: nobody holds it, only platform and account are known."""
    row = {
        "tenant_id": defect["tenant_id"],
        "source_system": defect["source_system"],
        "ticket_id": None,
        "created_at": defect["opened_at"],
        "channel_id": None,
        "customer_ref": None,
        "language": None,
        "origin": None,
        "status": None,
        "is_deleted_in_source": False,
        "is_test": False,
        "order_id": defect["order_id"],
        "due_by_source": None,
        "platform": order["platform"] if order else None,
        "marketplace_account_id": order["marketplace_account_id"] if order else None,
    }
    nothing = {
        name: Timeline([(BEGINNING, None)])
        for name in ("assignee", "team", "priority", "reason", "status")
    }
    return Ticket(row, [], nothing)


def _finish(world: World, turn: Turn, row: Row, tickets: list[Ticket]) -> None:
    actions = [
        (message["sent_at"], message["message_id"], message["author_id"])
        for ticket in tickets
        for message in ticket.messages
        if is_human_reply(message)
        and message["message_kind"] == "case_action"
        and message["sent_at"] >= row["opened_at"]
    ]
    first = min(actions, default=None)
    responded = _known(world, row["responded_at"])
    closed = _known(world, row["closed_at"])
    answered = min(
        (when for when in (first and first[0], responded) if when is not None), default=None
    )
    if answered is not None and (closed is None or answered <= closed):
        is_message = first is not None and first[0] == answered
        turn.responder = first[2] if is_message and first is not None else None
        turn.end("answered", max(answered, turn.started_at))
        turn.answers.append((max(answered, turn.started_at), False))
    elif closed is not None:
        is_withdrawn = row["outcome"] == "withdrawn"
        turn.waiver = "customer_withdrew" if is_withdrawn else "platform_closed"
        turn.end("waived", closed)


def _known(world: World, when: int | None) -> int | None:
    return when if when is not None and when <= world.as_of else None
