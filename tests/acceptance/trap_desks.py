"""Tenants for the situations in which helpdesk warehouses are known to go wrong."""

from __future__ import annotations

from tests.acceptance.desks import MONDAY, ROME
from tests.landing_builder import Desk, at, hours

AROUND_THE_CLOCK = {day: [("00:00", "24:00")] for day in range(1, 8)}
YEAR_OLD = at("2025-01-08 10:00")


def _business(tenant: str, zone: str, week: dict[int, list[tuple[str, str]]]) -> Desk:
    """A tenant whose internal promise runs in the hours of an own calendar."""
    desk = Desk(tenant, zone, default_policies=False)
    desk.calendar("own", zone, week)
    desk.policy("in", "internal", {"first_reply": 7200}, clock="business", calendar_id="own")
    return desk


def dst_sunday() -> Desk:
    desk = _business("dst_sunday", ROME, AROUND_THE_CLOCK)
    for name, day in (("spring", "2026-03-29"), ("autumn", "2025-10-26")):
        start, stop = at(f"{day} 00:30", ROME), at(f"{day} 23:30", ROME)
        desk.ticket(start, name)
        desk.customer(name, start)
        desk.reply(name, stop)
    return desk


def friday_switch() -> Desk:
    """Cairo puts the clock forward on Friday 24 April 2026, 00:00 to 01:00, inside an open night."""
    desk = _business("friday_switch", "Africa/Cairo", {4: [("20:00", "08:00")]})
    start = at("2026-04-23 19:00", "Africa/Cairo")
    desk.ticket(start, "k")
    desk.customer("k", start)
    desk.reply("k", at("2026-04-24 10:00", "Africa/Cairo"))
    return desk


def half_hour_switch() -> Desk:
    """Lord Howe goes back by half an hour on Sunday 5 April 2026 at 02:00."""
    desk = _business("half_hour_switch", "Australia/Lord_Howe", {6: [("22:00", "06:00")]})
    start = at("2026-04-04 20:00", "Australia/Lord_Howe")
    desk.ticket(start, "k")
    desk.customer("k", start)
    desk.reply("k", at("2026-04-05 09:00", "Australia/Lord_Howe"))
    return desk


def utc_week_end() -> Desk:
    """A Sunday evening shift in New York ends on the UTC Monday, in the next UTC week."""
    desk = _business("utc_week_end", "America/New_York", {7: [("18:00", "23:00")]})
    start = at("2026-06-07 17:00", "America/New_York")
    desk.ticket(start, "k")
    desk.customer("k", start)
    desk.reply("k", at("2026-06-07 22:30", "America/New_York"))
    return desk


def schedule_change() -> Desk:
    """The hours shrink a week after the reply; the promise was kept under the hours then in force."""
    desk = Desk("schedule_change", default_policies=False)
    desk.add("business_calendars", calendar_id="own", tz="UTC", name="own")
    for opens, valid_from, valid_to in (
        ("09:00", "2015-01-01", "2026-03-16"),
        ("07:00", "2026-03-16", None),
    ):
        desk.add(
            "calendar_hours",
            calendar_id="own",
            weekday=1,
            opens=opens,
            closes="18:00",
            valid_from=valid_from,
            valid_to=valid_to,
        )
    desk.policy("in", "internal", {"first_reply": 3600}, clock="business", calendar_id="own")
    desk.ticket(MONDAY + hours(7), "before")
    desk.customer("before", MONDAY + hours(7))
    desk.reply("before", MONDAY + hours(10))
    desk.ticket(MONDAY + hours(7 + 7 * 24), "after")
    desk.customer("after", MONDAY + hours(7 + 7 * 24))
    desk.reply("after", MONDAY + hours(10 + 7 * 24))
    return desk


def night_close() -> Desk:
    desk = _business("night_close", "UTC", {1: [("09:00", "18:00")]})
    desk.ticket(MONDAY + hours(20), "k")
    desk.customer("k", MONDAY + hours(20))
    desk.status("k", MONDAY + hours(23), "solved", "a")
    return desk


def unknown_requester() -> Desk:
    desk = Desk("unknown_requester")
    desk.add("customers", customer_ref="someone-else", customer_type="consumer")
    desk.ticket(MONDAY, "k", customer_ref="never-seen")
    desk.customer("k", MONDAY)
    desk.reply("k", MONDAY + hours(1))
    return desk


def agent_monologue() -> Desk:
    desk = Desk("agent_monologue")
    desk.ticket(MONDAY, "k", origin="outbound", assignee="a")
    desk.reply("k", MONDAY, "a")
    return desk


def deleted_ticket() -> Desk:
    desk = Desk("deleted_ticket")
    for name in ("gone", "there"):
        desk.ticket(at("2026-11-10 08:00"), name)
        desk.customer(name, at("2026-11-10 08:00"))
    desk.status("gone", at("2026-11-12 08:00"), "deleted", "a")
    return desk


def former_agent() -> Desk:
    """Agent d left: no role and no team any more, and the helpdesk shows them as an end user."""
    desk = Desk("former_agent")
    desk.add("agents", agent_id="d", display_name="Agent d", left_on="2026-04-01")
    since, until = at("2020-01-01 00:00"), at("2026-04-01 00:00")
    desk.add("agent_role_history", agent_id="d", role="agent", valid_from=since, valid_to=until)
    desk.add("team_membership", agent_id="d", team_id="t", valid_from=since, valid_to=until)
    desk.ticket(MONDAY, "k")
    desk.customer("k", MONDAY)
    desk.reply("k", MONDAY + hours(1), "d")
    return desk


def year_old() -> Desk:
    """Open for more than 52 weeks before the reply, with one hour open every Wednesday."""
    desk = _business("year_old", "UTC", {3: [("12:00", "13:00")]})
    desk.ticket(YEAR_OLD, "k")
    desk.customer("k", YEAR_OLD)
    desk.reply("k", YEAR_OLD + hours(24 * 7 * 60))
    return desk


def strangers() -> Desk:
    """A ticket of a channel that no file describes, answered and solved by a person whom no file describes."""
    desk = Desk("strangers")
    for name, channel, agent in (("strange", "pigeon", "ghost"), ("known", "mail", "a")):
        desk.ticket(MONDAY, name, channel=channel, assignee=agent)
        desk.customer(name, MONDAY)
        desk.reply(name, MONDAY + hours(1), agent)
        desk.status(name, MONDAY + hours(2), "solved", actor=agent)
    return desk


def trap_desks() -> list[Desk]:
    """Every trap's tenant."""
    return [
        dst_sunday(),
        friday_switch(),
        half_hour_switch(),
        utc_week_end(),
        schedule_change(),
        night_close(),
        unknown_requester(),
        agent_monologue(),
        deleted_ticket(),
        former_agent(),
        year_old(),
        strangers(),
    ]
