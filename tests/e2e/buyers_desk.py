"""A synthetic desk two of whose buyers come again, in files that also hold refused rows and what people wrote."""

from __future__ import annotations

from datetime import timedelta

from tests.landing_builder import Desk, at

TENANT, SYSTEM = "close-buyers", "desk"
ADDRESS, PHONE = "Vera.Falk@Example.ORG", "+49 171 555-0199"
PLANTED = "planted-e3d9"
"""How every text begins: all are kept, and none may be read anywhere, in no file, row, log or note of any program."""


def buyers_desk() -> Desk:
    """Twelve tickets over two months; every second one by one of two buyers, two to an order, some texts copied."""
    desk = Desk(TENANT)
    desk.add("tags", tag_id="late", name="late", kind="reason")
    for number in range(12):
        sent = at("2026-09-02 09:00") + timedelta(days=4 * number)
        who = {0: ADDRESS, 1: PHONE}.get(number % 4, f"buyer-{number}")
        ticket = desk.ticket(
            sent,
            f"k{number}",
            assignee="a",
            customer_ref=who,
            order_id=f"o{number // 2}",
            reason="late",
        )
        text = f"{PLANTED} the same" if number < 5 else f"{PLANTED} text {number}"
        desk.message(ticket, sent, "inbound", "customer", who, body_hash=text, body_chars=20)
        desk.reply(ticket, sent + timedelta(hours=3 + number))
        desk.status(ticket, sent + timedelta(hours=4 + number), "solved")
    desk.add("customers", customer_ref=ADDRESS, customer_type="vip", region="EU")
    desk.add("customers", customer_ref=PHONE, customer_type="consumer", region="EU")
    desk.ticket(at("2026-10-01 09:00"), "bad", customer_ref=ADDRESS, due_by_source="soon")
    return desk
