"""A home with an odd name whose folder holds seven tenants, run twice, once a session: read it, or change a copy of it.

Two tenants have tables of which some data are markup; five are exports of three kinds of tools. In the first run a
vendor is configured that nobody reaches; the second has no credentials at all and finds nothing new.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.receivers import Webhook
from tests.e2e.homes import KeptHome
from tests.e2e.runner import Finished, deskhouse
from tests.landing_builder import Desk, at, write
from tests.landing_exports import Calls, Inbox, Tickets, write_exports
from tests.shared_build import built_once

AS_OF = "2026-11-12T06:00:00+00:00"
ODD_NAME = "o'brien 100% %20 {x}; ü#1 [z] $HOME"
ANA = "[/red] Ana"
FORMULA = "=cmd|' /C calc'!A0"
ALPHA, BETA = 24, 13
"""Contacts of October that are answered; each tenant has one more that nobody answers."""
EXPORTED = ("list", "mild", "normal", "social", "strict")
TENANTS = ("alpha", "beta", *EXPORTED)
CALLS, INBOX, TICKETS = Calls(), Inbox(), Tickets()
NOWHERE = "http://127.0.0.1:9"
"""The discard port: nothing listens there."""
_UNREACHABLE = {
    "SOURCES__ZENDESK__BASE_URL": NOWHERE,
    "SOURCES__ZENDESK__CLIENT_ID": "synthetic",
    "SOURCES__ZENDESK__CLIENT_SECRET": "synthetic",
    "SOURCES__ZENDESK__REQUEST_ATTEMPTS": "2",
    "SOURCES__ZENDESK__REQUEST_BACKOFF_SECONDS": "0.05",
}
_RECIPIENTS = """\
recipients:
  - {name: lead of beta, url_env: ROOM_OF_BETA, roles: [team_lead, data_owner], tenants: [beta]}
"""


class House(KeptHome):
    """The home and its landing folder, the room in which beta's alerts arrive, and what was said while it was built."""

    def __init__(self, folder: Path, room: Webhook | None = None) -> None:
        super().__init__(folder, folder / ODD_NAME / "home", DESKHOUSE_AS_OF=AS_OF)
        self.room = room
        if room is not None:
            self.variables["ROOM_OF_BETA"] = room.url("pl4nted")

    def keep(self, name: str, said: Any) -> None:
        """Note what was said."""
        (self.folder / f"{name}.json").write_text(json.dumps(said), encoding="utf-8")

    def kept(self, name: str) -> Any:
        """What was noted."""
        return json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))

    def said(self, name: str) -> Finished:
        """How a command ended that was noted: ``check``, ``run`` or ``again``."""
        return Finished(**self.kept(name))


def _desk(tenant: str, contacts: int) -> Desk:
    desk = Desk(tenant)
    desk.agent("h")
    names = {"a": ANA, "h": FORMULA, "b": "Bea\u202e\x1b[31m"}
    for row in desk.rows["agents"]:
        row["display_name"] = names.get(row["agent_id"], row["display_name"])
    for number in range(contacts):
        sent = at("2026-10-05 09:00") + timedelta(days=number % 20)
        ticket = desk.ticket(sent, f"k{number}", assignee="a" if number % 3 else "h")
        desk.customer(ticket, sent)
        replied = sent + timedelta(hours=3 + number % 4 * 10)
        desk.reply(ticket, replied, "a" if number % 3 else "h")
        desk.status(ticket, replied + timedelta(hours=1), "solved")
    late = desk.ticket(at("2026-10-20 09:00"), "late", assignee="a")
    desk.customer(late, at("2026-10-20 09:00"))
    desk.customer(late, at("2026-10-20 10:00"))
    desk.rows["messages"][-1]["sent_at"] = "[/red]yesterday"
    return desk


def _build(folder: Path) -> None:
    with Webhook() as room:
        house = House(folder, room)
        house.home.mkdir(parents=True)
        (house.home / "recipients.yml").write_text(_RECIPIENTS, encoding="utf-8")
        write_exports(house.landing, CALLS, INBOX, TICKETS)
        house.keep("check", vars(house.command("landing", "check", "--strict")))
        write([_desk("alpha", ALPHA), _desk("beta", BETA)], house.landing)
        # as a person starts it, with as many threads as it takes by itself
        by_itself = house.variables | _UNREACHABLE
        del by_itself["DESKHOUSE_DBT_THREADS"]
        house.keep("run", vars(deskhouse("run", variables=by_itself, is_fresh=True)))
        house.keep("told", room.got)
        house.keep("again", vars(house.command("run")))
        house.keep("told again", room.got)


def shared_house(factory: pytest.TempPathFactory) -> House:
    """The house of the session, to read."""
    return House(built_once(factory, "files", _build))


def own_house(factory: pytest.TempPathFactory, folder: Path, room: Webhook) -> House:
    """A copy in a folder, whose alerts arrive in a room."""
    return House(shared_house(factory).copied_to(folder), room)
