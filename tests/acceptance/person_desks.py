"""Tenants with two helpdesks at once whose ids are the same on purpose, and people who work in both.

``both_desks`` says who is who: ``b`` of the first desk is ``a`` of the second, and the ``a`` of the first is
somebody else. ``two_people`` is the same without the sheet. ``brand`` is another tenant, in which the same person works
too. Two lines of the sheet do not hold.
"""

from __future__ import annotations

from tests.landing_builder import SOURCE, Desk, at, hours

SECOND = "second_desk"
MONDAY = at("2026-03-09 09:00")
_OF_A_DESK = (
    *("agents", "agent_role_history", "team_membership", "teams", "channels"),
    *("tickets", "ticket_events", "messages", "agent_time", "handle_sessions"),
)


def person_desks() -> list[Desk]:
    """All tenants of this file."""
    both = _two("both_desks")
    _same(both, SECOND, "a", "b")
    # nobody knows this agent
    _same(both, SECOND, "nobody", "b")
    # whom it names is on a line: a chain
    _same(both, SECOND, "c", "a", SECOND)
    brand = _two("brand")
    brand.rows["agents"][1]["display_name"] = "Agent b of the brand"
    _same(brand, SOURCE, "c", "b", tenant="both_desks")
    _same(brand, SECOND, "a", "b", tenant="both_desks")
    return [both, _two("two_people"), brand]


def _same(
    desk: Desk, system: str, agent: str, other: str, of: str = SOURCE, tenant: str | None = None
) -> None:
    desk.add(
        "agent_identities",
        source_system=system,
        agent_id=agent,
        same_as_agent_id=other,
        same_as_system=of,
        same_as_tenant_id=tenant,
    )


def _two(tenant: str) -> Desk:
    """Both desks of a tenant: ``b`` of the first is in time 3 times of 4, ``a`` of the second once; ids are alike."""
    first, second = Desk(tenant), Desk(tenant)
    _work(first, "b", late=1)
    _work(second, "a", late=3)
    for table in _OF_A_DESK:
        first.rows[table] += [
            {**row, "source_system": SECOND} for row in second.rows.get(table, ())
        ]
    return first


def _work(desk: Desk, agent: str, late: int) -> None:
    for number in range(4):
        sent = MONDAY + hours(24 * number)
        ticket = desk.ticket(sent, f"same{number}", assignee=agent)
        desk.customer(ticket, sent, message_id=f"asked{number}")
        desk.reply(
            ticket, sent + hours(30 if number < late else 2), agent, message_id=f"told{number}"
        )
        desk.status(ticket, sent + hours(31), "solved", agent)
    desk.add(
        "agent_time",
        agent_id=agent,
        interval_start=MONDAY,
        interval_end=MONDAY + hours(3),
        state="handling",
        is_paid=True,
        paid_seconds=3 * 3600,
        source_quality="measured",
    )
