"""An independent client from PyPI reads the simulated account over HTTP, knowing nothing of us."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from zenpy import Zenpy
from zenpy.lib.exception import RecordNotFoundException

from ingestion.simulator.world.world import World
from tests.simulator.conftest import AS_OF
from tests.simulator.zendesk_client import ZendeskClient

HOST = "https://casanord.zendesk.com"


class LoopbackAdapter(HTTPAdapter):
    """Sends what is meant for the vendor's host to the simulator; the client never sees the difference."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Rewrite the address on the way out and the links on the way back."""
        local = request.copy()
        local.url = str(request.url).replace(HOST, self.base_url)
        answer = super().send(local, *args, **kwargs)
        answer._content = answer.content.replace(self.base_url.encode(), HOST.encode())
        answer.request, answer.url = request, str(request.url)
        return answer


@pytest.fixture(scope="module")
def zenpy(zendesk: ZendeskClient) -> Zenpy:
    session = requests.Session()
    session.mount("https://", LoopbackAdapter(zendesk.base_url))
    token = str(zendesk.session.headers["Authorization"]).removeprefix("Bearer ")
    return Zenpy(subdomain="casanord", oauth_token=token, session=session)


def test_zenpy_reads_the_ticket_export(zenpy: Zenpy, zendesk: ZendeskClient) -> None:
    ours = zendesk.newest("/incremental/tickets/cursor", "tickets", support_type_scope="agent")
    tickets = {t.id: t for t in zenpy.tickets.incremental(start_time=1, paginate_by_time=False)}
    assert set(tickets) == set(ours)
    sample = max(tickets)
    assert tickets[sample].status == ours[sample]["status"]
    assert tickets[sample].created_at == ours[sample]["created_at"]
    assert any(ticket.status == "deleted" for ticket in tickets.values())


def test_zenpy_reads_ticket_events(zenpy: Zenpy, zendesk: ZendeskClient) -> None:
    ours = zendesk.newest(
        "/incremental/ticket_events",
        "ticket_events",
        include="comment_events",
        support_type_scope="agent",
    )
    start = sorted(event["timestamp"] for event in ours.values())[-500]
    events = {event.id: event for event in zenpy.tickets.events(start_time=start)}
    assert set(events) == {number for number, event in ours.items() if event["timestamp"] >= start}
    number = max(events)
    assert [child["id"] for child in events[number].child_events] == [
        child["id"] for child in ours[number]["child_events"]
    ]


def test_zenpy_reads_one_ticket(zenpy: Zenpy, zendesk: ZendeskClient, world: World) -> None:
    replied = next(
        t
        for t in reversed(world.tickets)
        if "deleted" not in t.planted
        and "thanks" in t.planted
        and not t.ratings
        and t.created < AS_OF.timestamp()
    )
    ticket = zenpy.tickets(id=replied.ticket_id)
    assert ticket.requester_id == replied.requester_id
    comments = list(zenpy.tickets.comments(ticket=replied.ticket_id))
    assert comments[0].author_id == replied.requester_id
    audits = list(zenpy.tickets.audits(ticket=replied.ticket_id))
    assert {event["type"] for audit in audits for event in audit.events} >= {
        "Create",
        "Comment",
    } or audits


def test_zenpy_reads_people_and_lists(zenpy: Zenpy, zendesk: ZendeskClient) -> None:
    count = zendesk.json("/users")["count"]
    assert sum(1 for _ in zenpy.users()) == count
    assert len(list(zenpy.groups())) == 5
    assert len(list(zenpy.brands())) == 6
    assert len(list(zenpy.macros())) == zendesk.json("/macros")["count"]
    assert len(list(zenpy.group_memberships())) == zendesk.json("/group_memberships")["count"]
    assert len(list(zenpy.ticket_fields())) == 5
    assert (
        sum(1 for _ in zenpy.satisfaction_ratings())
        == zendesk.json("/satisfaction_ratings")["count"]
    )
    assert {policy.title for policy in zenpy.sla_policies()} >= {"Chat", "Webshop e-mail"}


def test_zenpy_meets_a_deleted_ticket(zenpy: Zenpy, zendesk: ZendeskClient) -> None:
    tickets = zendesk.newest("/incremental/tickets/cursor", "tickets")
    deleted = next(number for number, row in tickets.items() if row["status"] == "deleted")
    with pytest.raises(RecordNotFoundException):
        list(zenpy.tickets.audits(ticket=deleted))
