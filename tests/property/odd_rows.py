"""Rows that keep the contract and hang together by chance alone: synthetic, and of no desk that exists."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from ingestion.canonical import Column, Table, tables
from tests.landing_builder import SOURCE, Desk

BEGIN = datetime(2026, 8, 1, tzinfo=UTC)
DAYS = 92
_KNOWN = {
    "ticket": ["k0", "k1", "unseen0", "unseen1"],
    "channel": ["mail", "ghost"],
    "agent": ["a", "b", "ghost"],
    "author": ["a", "buyer", "ghost"],
    "team": ["t", "ghost"],
    "tag": ["g1", "g2"],
    "account": ["acc1", "acc2"],
    "order": ["o1", "o2"],
    "macro": ["m1", "m2"],
}
"""Ids by what the name of a column holds: some that exist, some that nothing else names."""
_RULED = {
    "tenants", "business_calendars", "calendar_hours", "calendar_exceptions", "channels", "teams", "agents",
    "sla_policies", "sla_targets", "channel_policy", "source_capabilities",
}  # fmt: skip
"""What the desk says itself; rules by chance would be refused, or judge nothing."""


def odd_desk(seed: int) -> Desk:
    """A tenant with two tickets that make sense, and three to eight odd rows of every other table, of two systems."""
    chance = Random(seed)
    desk = Desk(f"odd{seed}", "Europe/Rome")
    for number in range(2):
        key, begun = f"k{number}", BEGIN + timedelta(days=65 + number)
        shared = {"ticket_id": key, "channel_id": "mail"}
        desk.add("tickets", **shared, created_at=begun, created_by_role="customer", origin="inbound", customer_ref="b",
                 status="open", assignee_id="a", team_id="t", source_updated_at=begun)  # fmt: skip
        for place, (role, author) in enumerate([("customer", "b"), ("agent", "a")]):
            direction = "inbound" if role == "customer" else "outbound"
            desk.add("messages", ticket_id=key, message_id=f"{key}-{place}", sent_at=begun + timedelta(hours=2 * place),
                     direction=direction, author_role=role, author_id=author, visibility="public", is_automated=False,
                     message_kind="private_message")  # fmt: skip
    for name, table in tables().items():
        if name not in _RULED:
            for _ in range(chance.randrange(3, 9)):
                _add(desk, name, table, chance)
    return desk


def _add(desk: Desk, name: str, table: Table, chance: Random) -> None:
    row = {
        column.name: _value(column, chance)
        for column in table.columns.values()
        if column.required or chance.random() < 0.75
    }
    added = desk.add(name, **row)
    added["source_system"] = chance.choice([SOURCE, SOURCE, "other"])


def _value(column: Column, chance: Random) -> Any:
    instant = BEGIN + timedelta(seconds=chance.randrange(DAYS * 86400))
    if column.name == "metric":
        return chance.choice(["amz_odr", "ebay_tdr"])
    if column.allowed:
        return chance.choice(column.allowed)
    if column.is_identifier:
        known = next((ids for word, ids in _KNOWN.items() if word in column.name), None)
        return chance.choice(known or [f"{column.name}{number}" for number in range(4)])
    day = f"{instant:%Y-%m}-01" if column.name == "month" else f"{instant:%Y-%m-%d}"
    by_form = {"zone": "Europe/Rome", "clock": "09:00", "currency": "EUR", "object": "{}"}
    by_type = {
        "ts": instant,
        "date": day,
        "bool": chance.choice([True, False]),
        "int": str(chance.randrange(1, 4000)),
        "numeric": chance.choice(["0", "1", "0.5", "12.25", "3"]),
        "json": json.dumps(chance.sample(["g1", "g2", "ghost"], 2)),
        "text": chance.choice(["1", "3", "5"]) if column.form == "score" else chance.choice("xy"),
    }
    return by_form.get(column.form or "") or by_type[column.type]
