"""The operational inputs hang together with what happened: time, quality, money, forecasts, surveys, causes."""

from __future__ import annotations

import csv
import statistics
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from ingestion.simulator.landing.export import landing_tables, write_landing_files
from ingestion.simulator.landing.money import late_invoice_month, money_tables, next_month
from ingestion.simulator.world.catalogue import CHANNEL_BY_ID
from ingestion.simulator.world.fixes import FIXES, live_on
from ingestion.simulator.world.people import LENIENT_REVIEWER, REVIEWERS, TEAM_BY_SLUG
from ingestion.simulator.world.quality import SCORECARD
from ingestion.simulator.world.tickets import Ticket
from ingestion.simulator.world.world import RECALL_LETTERS, World
from tests.simulator.conftest import AS_OF

Row = dict[str, object]
Landing = dict[str, list[Row]]

EARLIER = AS_OF - timedelta(days=31)
GROWING = {
    "handle_sessions": ("session_id",),
    "agent_time": ("agent_id", "interval_start", "state"),
    "contact_forecast": ("forecast_version_id", "interval_start", "grain", "channel_id"),
    "survey_sends": ("survey_sent_id",),
    "satisfaction_responses": ("response_id",),
    "self_service_events": ("event_id",),
    "account_health_snapshots": ("snapshot_id",),
    "root_cause_map": ("map_id",),
}
"""Tables whose rows, once in the sheet, stay as they are."""


@pytest.fixture(scope="module")
def landing(world: World) -> Landing:
    return landing_tables(world, AS_OF)


@pytest.fixture(scope="module")
def earlier(world: World) -> Landing:
    return landing_tables(world, EARLIER)


def day_of(instant: object) -> date:
    return datetime.fromisoformat(str(instant)).astimezone(UTC).date()


@pytest.mark.parametrize("table", GROWING)
def test_a_later_sheet_only_adds(landing: Landing, earlier: Landing, table: str) -> None:
    key = GROWING[table]
    later = {tuple(str(row[name]) for name in key): row for row in landing[table]}
    assert len(later) == len(landing[table])
    for row in earlier[table]:
        assert later[tuple(str(row[name]) for name in key)] == row
    if table != "root_cause_map":
        assert 0 < len(earlier[table]) < len(landing[table])


def test_reviews_and_costs_change_only_on_their_way_to_final(
    landing: Landing, earlier: Landing
) -> None:
    reviews = {row["review_id"]: row for row in landing["qa_reviews"]}
    moved = [row for row in earlier["qa_reviews"] if reviews[row["review_id"]] != row]
    assert moved
    assert {row["status"] for row in moved} <= {"draft", "submitted", "disputed"}
    costs = {row["cost_id"]: row for row in landing["costs"]}
    for row in earlier["costs"]:
        assert costs[row["cost_id"]] == row or not row["is_final"]


def test_desk_time_lies_in_shifts_and_never_twice(world: World, landing: Landing) -> None:
    spans: dict[str, list[tuple[str, str]]] = defaultdict(list)
    in_shift = outside = 0
    for row in landing["agent_time"]:
        start, end = str(row["interval_start"]), str(row["interval_end"])
        first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
        seconds = (last - first).total_seconds()
        assert 0 < seconds <= 3600
        assert row["paid_seconds"] == (0 if row["state"] == "absent_unpaid" else seconds)
        assert row["handling_seconds"] == (seconds if row["state"] == "handling" else 0)
        # One person has one body: the helpdesk's id and the telephony's extension share it.
        person = str(row["agent_id"]).replace("ext-", "390")
        spans[person].append((start, end))
        if row["state"] not in ("absent_paid", "absent_unpaid"):
            windows = world.staff.by_id[int(person)].windows
            inside = windows.between(int(first.timestamp()), int(last.timestamp()))
            in_shift += inside
            outside += int(seconds) - inside
    for pieces in spans.values():
        pieces.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(pieces))
    # A little work is done before or after the shift.
    assert outside < 0.05 * in_shift


def test_handling_time_is_the_union_of_sessions(landing: Landing) -> None:
    first = str(min(row["interval_start"] for row in landing["agent_time"]))
    by_agent: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in landing["handle_sessions"]:
        if row["source_system"] == "zendesk" and not row["capped"]:
            start, end = (
                datetime.fromisoformat(str(row[name])).timestamp()
                for name in ("started_at", "ended_at")
            )
            by_agent[str(row["agent_id"])].append((start, end))
    for agent, spans in by_agent.items():
        total, reached = 0.0, 0.0
        for start, end in sorted(spans):
            total += max(0.0, end - max(start, reached))
            reached = max(reached, end)
        handled = sum(
            int(str(row["handling_seconds"]))
            for row in landing["agent_time"]
            if row["agent_id"] == agent and str(row["interval_start"]) >= first
        )
        assert handled == pytest.approx(total, rel=0.02, abs=900)


def test_a_saved_answer_takes_less_time(world: World) -> None:
    sessions = {
        (one.ticket_id, one.ended_at): one.ended_at - one.started_at
        for one in world.workforce.sessions
        if one.method == "timer" and not one.capped
    }
    with_macro: list[int] = []
    without: list[int] = []
    for ticket in world.tickets:
        if ticket.reason != "where_is_my_order":
            continue
        for audit in ticket.audits:
            seconds = sessions.get((str(ticket.ticket_id), audit.at))
            if seconds and any(fact[0] == "comment" and fact[3] for fact in audit.facts):
                used = any(fact[0] == "macro" for fact in audit.facts)
                (with_macro if used else without).append(seconds)
    assert min(len(with_macro), len(without)) > 50
    assert statistics.median(with_macro) < 0.8 * statistics.median(without)


def staffed_hours(world: World, slug: str, days: set[date]) -> Counter[str]:
    """Hours by state of a team at its desk on some days."""
    hours: Counter[str] = Counter()
    for piece in world.workforce.pieces:
        day = datetime.fromtimestamp(piece.started_at, UTC).date()
        if piece.team_id == TEAM_BY_SLUG[slug].team_id and day in days:
            hours[piece.state] += (piece.ended_at - piece.started_at) / 3600  # type: ignore[assignment]
    return hours


def week(days: tuple[date, ...], shift: int) -> set[date]:
    return {day + timedelta(days=shift) for day in days}


def waits(world: World, slug: str, days: set[date]) -> list[int]:
    """Working-time-free look at answers: seconds from a first message of a day to the first public answer."""
    found = []
    for ticket in world.tickets:
        if CHANNEL_BY_ID[ticket.channel_id].team != slug or ticket.via == "web":
            continue
        if datetime.fromtimestamp(ticket.created, UTC).date() in days:
            answered = first_answer(ticket, world)
            if answered is not None:
                found.append(answered - ticket.created)
    return found


def first_answer(ticket: Ticket, world: World) -> int | None:
    for audit in ticket.audits:
        if audit.author in world.staff.by_id and any(
            fact[0] == "comment" and fact[3] for fact in audit.facts
        ):
            return audit.at
    return None


def test_the_ill_week_is_seen_in_the_time_sheets(world: World) -> None:
    flu = world.staff.flu_week
    ill, before = (absent_share(world, week(flu, shift)) for shift in (0, -49))
    assert ill > 0.3 > 2 * before


def absent_share(world: World, days: set[date]) -> float:
    """Part of the desk hours rostered for Webshop Care that absence took."""
    hours = staffed_hours(world, "webshop_care", days)
    return hours["absent_paid"] / (hours["absent_paid"] + hours["handling"] + hours["available"])


def test_the_unexplained_week_has_its_people_and_no_more_work(world: World) -> None:
    slow = world.staff.slow_week
    team = "marketplace_italy"
    usual = [day for shift in (-28, -21, -14, -7, 7, 14) for day in week(slow, shift)]
    others = waits(world, team, set(usual))
    bad = waits(world, team, set(slow))
    assert statistics.median(bad) > 2 * statistics.median(others)
    assert len(bad) < 1.5 * len(others) / 6 + 3
    hours, normal = staffed_hours(world, team, set(slow)), staffed_hours(world, team, set(usual))
    assert (
        hours["available"] + hours["handling"]
        > 0.6 * (normal["available"] + normal["handling"]) / 6
    )


def test_one_team_is_overloaded_the_others_are_not(world: World) -> None:
    days = {world.options.start + timedelta(days=n) for n in range(world.options.days)}
    shares = {}
    for slug in TEAM_BY_SLUG:
        hours = staffed_hours(world, slug, days)
        shares[slug] = hours["handling"] / (hours["handling"] + hours["available"])
    north = shares.pop("marketplace_north")
    assert north > 0.9
    assert max(shares.values()) < 0.85


def test_the_carrier_fix_spares_contacts_on_its_platform_only(world: World) -> None:
    effective, useless, _ = FIXES
    before, after, control_before, control_after = (
        rate(world, effective.reason, side, since_live)
        for side in (True, False)
        for since_live in (False, True)
    )
    assert effective.prevented > 0.5 and useless.prevented == 0.0
    assert after < 0.6 * before
    assert control_after > 0.6 * control_before


def rate(world: World, reason: str, on_platform: bool, since_live: bool) -> float:
    """Tickets of a reason for 100 orders, on Amazon or elsewhere, before or since the fix."""
    live = live_on(world.options, FIXES[0])
    assert live is not None
    orders = sum(
        (order.platform == "amazon") == on_platform
        and (order.placed_at.date() >= live) == since_live
        and order.placed_at.date() >= world.options.start
        for order in world.orders
    )
    tickets = sum(
        ticket.reason == reason
        and (CHANNEL_BY_ID[ticket.channel_id].platform == "amazon") == on_platform
        and (datetime.fromtimestamp(ticket.created, UTC).date() >= live) == since_live
        for ticket in world.tickets
    )
    return 100 * tickets / orders


def test_one_person_closes_a_pile_in_ten_minutes(world: World) -> None:
    letters = [ticket for ticket in world.tickets if "recall" in ticket.planted]
    assert len(letters) == RECALL_LETTERS
    closed = [
        audit.at
        for ticket in letters
        for audit in ticket.audits
        if any(fact[:3] == ("set", "status", "solved") for fact in audit.facts)
    ]
    assert max(closed) - min(closed) < 600


def test_reviewers_differ_and_one_is_lenient(landing: Landing) -> None:
    sessions: dict[object, dict[object, tuple[float, bool]]] = defaultdict(dict)
    for row in landing["qa_reviews"]:
        if row["review_type"] == "calibration":
            share = float(str(row["points_earned"])) / float(str(row["points_possible"]))
            subject = (row["calibration_session_id"], row["ticket_id"])
            sessions[subject][row["reviewer_id"]] = (share, bool(row["is_benchmark"]))
    bias: dict[object, list[float]] = defaultdict(list)
    for ratings in sessions.values():
        benchmark = [share for share, is_master in ratings.values() if is_master]
        assert len(benchmark) == 1 and len(ratings) >= 4
        for reviewer, (share, is_master) in ratings.items():
            if not is_master:
                bias[reviewer].append(share - benchmark[0])
    means = {reviewer: statistics.mean(values) for reviewer, values in bias.items()}
    assert max(means, key=lambda reviewer: means[reviewer]) == LENIENT_REVIEWER
    assert means[LENIENT_REVIEWER] > 0


def test_reviews_add_up(landing: Landing) -> None:
    items: dict[object, list[Row]] = defaultdict(list)
    for row in landing["qa_review_items"]:
        items[row["review_id"]].append(row)
    kinds = Counter(str(row["review_type"]) for row in landing["qa_reviews"])
    assert set(kinds) == {"regular", "calibration", "self", "dispute_re_review"}
    assert {"final", "disputed"} <= {str(row["status"]) for row in landing["qa_reviews"]}
    for row in landing["qa_reviews"]:
        rated = items[row["review_id"]]
        assert len(rated) == len(SCORECARD)
        possible = sum(int(str(one["weight"])) for one in rated if not one["is_na"])
        assert row["points_possible"] == possible
        assert float(str(row["points_earned"])) <= possible
        assert row["agent_id"] != row["reviewer_id"] or row["review_type"] == "self"
        if row["review_type"] == "regular":
            assert row["reviewer_id"] in REVIEWERS
    assert any(row["critical_fail"] for row in landing["qa_reviews"])
    caused = [row for rows in items.values() for row in rows if row["error_cause"]]
    assert {bool(row["training_related"]) for row in caused} == {True, False}


def test_costs_are_provisional_then_final_and_one_is_late(world: World) -> None:
    month = late_invoice_month(world)
    following = next_month(month)
    soon = datetime(following.year, following.month, 20, tzinfo=UTC)

    def costs(at: datetime) -> dict[str, Row]:
        table = dict(money_tables(world, at))["costs"]
        return {str(row["cost_id"]): row for row in table if row["month"] == month}

    provisional = costs(soon.replace(day=5))
    closed = costs(soon)
    late = costs(soon + timedelta(days=60))
    assert provisional and not any(row["is_final"] for row in provisional.values())
    assert all(row["is_final"] for row in closed.values())
    assert {row["cost_type"] for row in late.values()} - {
        row["cost_type"] for row in closed.values()
    } == {"outsourcing"}


def test_forecasts_are_made_before_what_they_foresee(landing: Landing) -> None:
    locked = [row for row in landing["contact_forecast"] if row["is_locked"]]
    assert {row["grain"] for row in locked} == {"30min", "day", "week", "month"}
    assert {row["channel_id"] for row in locked if row["grain"] == "30min"} == {"phone"}
    assert all(str(row["made_at"]) < str(row["interval_start"]) for row in locked)
    versions = Counter((row["grain"], row["interval_start"], row["channel_id"]) for row in locked)
    assert set(versions.values()) == {1}
    assert any(not row["is_locked"] for row in landing["contact_forecast"])


def test_nobody_is_asked_twice(world: World, landing: Landing) -> None:
    sends = {row["survey_sent_id"]: row for row in landing["survey_sends"]}
    tool = [row for row in landing["satisfaction_responses"] if row["source_system"] == "survey"]
    assert {row["resolved_answer"] for row in tool} == {"yes", "no", None}
    assert {row["contacts_needed_answer"] for row in tool} == {"1", "2", "3+"}
    for row in tool:
        send = sends[row["survey_sent_id"]]
        assert send["suppressed_reason"] is None
        assert str(send["sent_at"]) <= str(row["responded_at"])
        if row["subject_system"] == "zendesk":
            ticket = world.ticket_by_id[int(str(row["ticket_id"]))]
            sent = datetime.fromisoformat(str(send["sent_at"])).timestamp()
            assert not any(at <= sent and score != "offered" for at, score, *_ in ticket.ratings)
    asked = [r for r in landing["satisfaction_responses"] if r["source_system"] == "amazon_survey"]
    assert {row["scale"] for row in asked} == {"amazon_yesno", "amazon_1to5"}


def test_published_figures_are_counts_over_counts(landing: Landing) -> None:
    typed = [row for row in landing["account_health_snapshots"]]
    metrics = {str(row["metric"]) for row in typed}
    assert metrics >= {
        "amz_late_response_rate",
        "amz_avg_response_h",
        "amz_csdr",
        "amz_bdr",
        "amz_rdr",
        "social_page_responsiveness",
    }
    for row in typed:
        if row["numerator"] is not None and row["rate"] is not None:
            share = float(str(row["numerator"])) / float(str(row["denominator"]))
            assert float(str(row["rate"])) == pytest.approx(share, abs=1e-4)
        assert str(row["window_to"]) < str(row["captured_at"])[:10]


def test_the_solution_button_is_in_the_wire(world: World) -> None:
    marked = [
        audit
        for ticket in world.tickets
        for audit in ticket.audits
        if audit.meta and audit.meta.get("is_solution")
    ]
    assert len(marked) > 100
    assert all(any(fact[0] == "comment" and fact[3] for fact in audit.facts) for audit in marked)


def test_files_have_the_same_bytes_every_time(tmp_path: Path, world: World) -> None:
    options = replace(world.options, days=40, plan_days=40)
    at = datetime(2025, 11, 10, 6, tzinfo=UTC)
    for one, other in zip(
        write_landing_files(World(options), tmp_path / "a", at),
        write_landing_files(World(options), tmp_path / "b", at),
        strict=True,
    ):
        assert one.read_bytes() == other.read_bytes()
        with one.open(encoding="utf-8", newline="") as handle:
            assert next(csv.reader(handle))[:2] == ["tenant_id", "source_system"]
