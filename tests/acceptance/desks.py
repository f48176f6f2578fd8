"""The set-ups of the acceptance fixtures (catalogue §16): one synthetic tenant each, named after its fixture."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.landing_builder import Desk, at, hours, minutes

ROME = "Europe/Rome"
MONDAY = at("2026-03-09 00:00")


def f01() -> Desk:
    desk = Desk("f01", ROME, default_policies=False)
    desk.policy("in", "internal", {"first_reply": 8 * 3600}, clock="business", calendar_id="office")
    ticket = desk.ticket(at("2026-03-06 17:30", ROME))
    desk.customer(ticket, at("2026-03-06 17:30", ROME))
    desk.reply(ticket, at("2026-03-09 10:00", ROME))
    return desk


def f02() -> Desk:
    desk = Desk("f02", ROME)
    sent = at("2025-10-25 18:00", ROME)
    for name, late in (("in_time", 0), ("late", 1)):
        desk.ticket(sent, name)
        desk.customer(name, sent)
        desk.reply(name, at("2025-10-26 16:00") + timedelta(seconds=late))
    return desk


def f03() -> Desk:
    desk = Desk("f03", ROME)
    desk.ticket(at("2026-03-28 18:00", ROME), "k")
    desk.customer("k", at("2026-03-28 18:00", ROME))
    return desk


def f04() -> Desk:
    desk = Desk("f04", ROME, default_policies=False)
    desk.calendar("night", ROME, {6: [("22:00", "06:00")]})
    desk.policy("in", "internal", {"first_reply": 36000}, clock="business", calendar_id="night")
    for name, saturday, sunday in (
        ("autumn", "2025-10-25 20:00", "2025-10-26 12:00"),
        ("spring", "2026-03-28 20:00", "2026-03-29 12:00"),
    ):
        desk.ticket(at(saturday, ROME), name)
        desk.customer(name, at(saturday, ROME))
        desk.reply(name, at(sunday, ROME))
    return desk


def _handed_over(
    tenant: str, to_a: float | None, to_b: float, to_c: float | None = None, reply: float = 24.5
) -> Desk:
    desk = Desk(tenant)
    desk.ticket(MONDAY, "k")
    desk.customer("k", MONDAY)
    if to_a is not None:
        desk.assign("k", MONDAY + hours(to_a), "a")
    desk.assign("k", MONDAY + hours(to_b), "b")
    if to_c is not None:
        desk.assign("k", MONDAY + hours(to_c), "c")
    desk.reply("k", MONDAY + hours(reply), "c" if to_c is not None else "b")
    return desk


def f05() -> Desk:
    return _handed_over("f05", 20, 23.5)


def f06() -> Desk:
    return _handed_over("f06", 2, 23.5)


def f07() -> Desk:
    return _handed_over("f07", None, 20)


def f08() -> Desk:
    return _handed_over("f08", None, 20, to_c=25, reply=26)


def f09() -> Desk:
    desk = Desk("f09")
    desk.ticket(MONDAY, "k", assignee=None)
    desk.customer("k", MONDAY)
    desk.assign("k", MONDAY + minutes(30), "a")
    desk.status("k", MONDAY + hours(1), "solved", "a")
    desk.status("k", MONDAY + hours(2), "open", "b")
    desk.reply("k", MONDAY + hours(3), "b")
    return desk


def f10() -> Desk:
    desk = Desk("f10")
    desk.ticket(MONDAY, "k")
    desk.customer("k", MONDAY)
    desk.assign("k", MONDAY + minutes(30), "b")
    desk.status("k", MONDAY + hours(1), "solved", "a")
    return desk


def f11() -> Desk:
    desk = Desk("f11")
    desk.ticket(MONDAY, "k", assignee=None)
    desk.customer("k", MONDAY)
    desk.reply("k", MONDAY + hours(1), "a")
    desk.status("k", MONDAY + hours(1), "solved", "a")
    thanked = MONDAY + hours(5)
    desk.customer("k", thanked, is_thanks=True, body_chars=7)
    desk.status("k", thanked, "open", "buyer-k", role="customer")
    desk.status("k", thanked + hours(1), "solved", "a")
    return desk


def f12() -> Desk:
    desk = Desk("f12")
    monday = at("2026-06-29 09:00")
    desk.ticket(monday, "k", origin="outbound", assignee="a")
    desk.reply("k", monday, "a")
    desk.customer("k", at("2026-07-01 10:00"))
    desk.reply("k", at("2026-07-01 11:00"), "a")
    return desk


def f13() -> Desk:
    desk = Desk("f13")
    desk.agent("bot", is_bot=True)
    desk.ticket(MONDAY, "k")
    desk.customer("k", MONDAY)
    desk.bot("k", MONDAY + minutes(1))
    desk.customer("k", MONDAY + minutes(5))
    desk.reply("k", MONDAY + minutes(60))
    return desk


def f14() -> Desk:
    desk = Desk("f14")
    desk.agent("bot", is_bot=True)
    desk.ticket(MONDAY, "k")
    desk.customer("k", MONDAY)
    desk.bot("k", MONDAY + minutes(1))
    desk.status("k", MONDAY + hours(80), "solved", "rule", role="automation")
    return desk


def f15() -> Desk:
    desk = Desk("f15")
    for name, start in (("one", 0), ("two", 1)):
        desk.ticket(MONDAY + hours(start), name)
        desk.customer(name, MONDAY + hours(start))
    desk.assign("one", MONDAY + hours(2), "b")
    desk.reply("one", MONDAY + hours(3), "b")
    desk.assign("two", MONDAY + hours(2), "a")
    desk.merge("two", "one", MONDAY + hours(30))
    desk.reply("one", MONDAY + hours(31), "b")
    return desk


def f16() -> Desk:
    desk = Desk("f16")
    desk.ticket(at("2026-01-31 20:00"), "k", assignee=None)
    desk.customer("k", at("2026-01-31 20:00"))
    desk.assign("k", at("2026-01-31 21:00"), "a")
    desk.reply("k", at("2026-02-02 09:00"), "a")
    return desk


def f17() -> Desk:
    desk = Desk("f17", default_policies=False)
    desk.policy("mp", "marketplace", {}, priorities={"normal": 86400, "urgent": 4 * 3600})
    desk.ticket(MONDAY, "k", priority="normal")
    desk.customer("k", MONDAY)
    desk.assign("k", MONDAY + hours(1), "a")
    desk.priority("k", MONDAY + hours(10), "urgent")
    desk.reply("k", MONDAY + hours(11), "a")
    return desk


def f18() -> Desk:
    desk = Desk("f18", default_policies=False)
    change = MONDAY + hours(6)
    desk.policy("mp", "marketplace", {"first_reply": 4 * 3600}, version="1", valid_to=change)
    desk.policy("mp", "marketplace", {"first_reply": 86400}, version="2", valid_from=change)
    desk.ticket(MONDAY, "k")
    desk.customer("k", MONDAY)
    desk.assign("k", MONDAY + hours(1), "a")
    desk.reply("k", MONDAY + hours(8), "a")
    return desk


def _deleted_reply(tenant: str, after_minutes: float) -> Desk:
    desk = Desk(tenant, platform="facebook")
    desk.ticket(MONDAY, "k")
    desk.customer("k", MONDAY, message_kind="public_comment")
    reply = desk.reply("k", MONDAY + hours(1), "a", message_kind="public_comment")
    desk.delete_message(reply, MONDAY + hours(1) + minutes(after_minutes))
    return desk


def f19() -> Desk:
    return _deleted_reply("f19", 10)


def f20() -> Desk:
    return _deleted_reply("f20", 20)


def _calls(tenant: str, missed_policy: str) -> Desk:
    """The hundred calls of §3.7 under one missed-contact policy; the promise is an answer in 60 seconds."""
    desk = Desk(tenant, platform="other", default_policies=False)
    desk.channel("phone", "phone", "voice", "live", missed_policy)
    desk.add(
        "channel_policy",
        channel_id="phone",
        missed_policy=missed_policy,
        short_abandon_s=10,
        obligation_mode="reply_required",
        valid_from=at("2015-01-01 00:00"),
    )
    desk.policy("in", "internal", {"first_reply": 60}, clock_start="queue_entered")
    waits = [("answered", 30)] * 81 + [("answered", 90)] * 9
    waits += [("recovered", 40)] * 4 + [("recovered", 600)] * 3 + [("never", 0)] * 3
    for number, (outcome, seconds) in enumerate(waits):
        queued = MONDAY + minutes(10 * number)
        call = desk.ticket(queued, f"call{number}", channel="phone", assignee=None)
        if outcome == "answered":
            answered = queued + timedelta(seconds=seconds)
            _call(desk, call, queued, answered=answered)
            continue
        _call(desk, call, queued, abandoned=queued + timedelta(seconds=45))
        if outcome == "recovered":
            desk.reply(call, queued + timedelta(seconds=45 + seconds), "a", message_kind="call")
    return desk


def _call(
    desk: Desk,
    ticket: str,
    queued: datetime,
    answered: datetime | None = None,
    abandoned: datetime | None = None,
) -> None:
    desk.message(
        ticket,
        queued,
        "inbound",
        "customer",
        f"buyer-{ticket}",
        message_kind="call",
        call_queue_entered_at=queued,
        call_answered_at=answered,
        call_ended_at=(answered or abandoned or queued) + timedelta(seconds=120 if answered else 0),
        abandoned_at=abandoned,
    )
    if answered:
        desk.assign(ticket, answered, "a")


def f21a() -> Desk:
    return _calls("f21a", "count_as_missed")


def f21b() -> Desk:
    return _calls("f21b", "treat_normally")


def f21c() -> Desk:
    return _calls("f21c", "ignore")


def _answered(
    desk: Desk, count: int, met: int, start: datetime, kind: str, agent: str = "a"
) -> None:
    """``count`` obligations of a kind, the first ``met`` answered in 1 h, the others in 30 h, by their holder."""
    for number in range(count):
        opened = start + minutes(number)
        ticket = desk.ticket(opened, f"{kind}{agent}{number}", assignee=agent)
        desk.customer(ticket, opened)
        if kind == "next":
            # Answered by the bot's human colleague at once, so that only the next turn is of interest.
            desk.reply(ticket, opened, agent)
            desk.customer(ticket, opened + hours(1))
            opened += hours(1)
        desk.reply(ticket, opened + hours(1 if number < met else 30), agent)


def f22() -> Desk:
    desk = Desk("f22", default_policies=False)
    desk.policy(
        "mp1", "marketplace", {"first_reply": 86400}, position=1, conditions={"priority": ["high"]}
    )
    desk.policy("mp2", "marketplace", {"next_reply": 86400}, position=2)
    _answered(desk, 100, 90, MONDAY, "first")
    for row in desk.rows["tickets"]:
        row["priority"] = "high"
    _answered(desk, 500, 480, MONDAY + hours(48), "next")
    return desk


def f24() -> Desk:
    desk = Desk("f24")
    _answered(desk, 10, 9, MONDAY, "first", "a")
    _answered(desk, 300, 270, MONDAY + hours(48), "first", "b")
    return desk


def f30() -> Desk:
    """A mixed month: two teams, queue breaches, an outside reply, a helper of another team, closings of all kinds."""
    desk = Desk("f30", ROME)
    desk.team("u", "office")
    desk.agent("d", "u")
    desk.channel("web", "webshop", "email")
    for number in range(40):
        opened = MONDAY + hours(9 * number)
        channel, team = ("mail", "t") if number % 3 else ("web", "u")
        ticket = desk.ticket(opened, channel=channel, team=team, assignee=None)
        desk.customer(ticket, opened)
        if number % 4:
            desk.assign(ticket, opened + hours(number % 30), "abcd"[number % 4])
        if number % 5:
            author = None if number % 7 == 0 else "abcd"[(number + number % 2) % 4]
            desk.reply(ticket, opened + hours(number % 29 + 0.5), author)
        if number % 2:
            desk.status(ticket, opened + hours(31), "solved", "abcd"[number % 4])
    return desk


def f32() -> Desk:
    desk = Desk("f32", default_policies=False)
    desk.calendar("early", "UTC", {day: [("06:00", "12:00")] for day in range(1, 6)})
    desk.team("u", "early")
    desk.policy("in", "internal", {"first_reply": 8 * 3600}, clock="business")
    opened = at("2026-03-09 08:00")
    desk.ticket(opened, "k")
    desk.customer("k", opened)
    desk.move("k", at("2026-03-09 16:00"), "u")
    desk.reply("k", at("2026-03-10 08:00"))
    return desk


def f33() -> Desk:
    desk = Desk("f33")
    desk.add(
        "marketplace_accounts",
        marketplace_account_id="amazon.test",
        platform="amazon",
        site="amazon.test",
        country="XX",
        account_tz="UTC",
    )
    desk.ticket(MONDAY + hours(10), "k", marketplace_account_id="amazon.test")
    desk.customer("k", MONDAY + hours(10))
    desk.customer("k", MONDAY + hours(10) + minutes(20))
    desk.reply("k", MONDAY + hours(34) + minutes(15))
    return desk


def f35() -> Desk:
    desk = Desk("f35")
    volumes = {
        "tracking": 310,
        "return": 190,
        "product": 120,
        "damaged": 90,
        "cancel": 70,
        "other": 0,
        None: 80,
    }
    # "Other 140" of the fixture is the rest of the taxonomy, none of it large enough for the top five.
    volumes |= {f"rest{number}": 35 for number in range(4)}
    for name in volumes:
        if name:
            desk.add("tags", tag_id=name, name=name, kind="reason", is_active=True)
    opened = at("2026-10-25 00:00")
    for name, count in volumes.items():
        for number in range(count):
            desk.ticket(opened + minutes(number), reason=name)
    return desk


def all_desks() -> list[Desk]:
    """Every fixture's tenant."""
    return [
        f01(), f02(), f03(), f04(), f05(), f06(), f07(), f08(), f09(), f10(), f11(), f12(), f13(),
        f14(), f15(), f16(), f17(), f18(), f19(), f20(), f21a(), f21b(), f21c(), f22(), f24(), f30(),
        f32(), f33(), f35(),
    ]  # fmt: skip
