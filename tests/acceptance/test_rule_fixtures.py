"""One id, one rule: what several marts show is one number, and a grey row names the true cause."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import Warehouse


@pytest.mark.parametrize(("window", "late", "judged"), [("7d", 1, 2), ("30d", 1, 3), ("90d", 1, 3)])
def test_late_responses_of_a_month_are_those_of_its_last_day(
    warehouse: Warehouse, window: str, late: int, judged: int
) -> None:
    # sent on the last day and answered two days later: late, whatever was known at midnight; mail is not the platform's
    monthly = warehouse.kpi(
        "late_twice",
        "amz_late_response_rate_est",
        "2026-09-01",
        scope_type="marketplace_account",
        variant=window,
    )
    assert (int(monthly["numerator"]), int(monthly["denominator"])) == (late, judged)
    (daily,) = warehouse.rows(
        """
        select numerator, denominator from marketplace_health.account_health_daily
        where tenant_id = 'late_twice' and metric = 'amz_late_response_rate_est' and window_length = ?
            and date_day = date '2026-09-30'
        """,
        window,
    )
    assert (int(daily["numerator"]), int(daily["denominator"])) == (late, judged)


def test_a_team_that_changes_under_the_same_person_is_a_transfer(warehouse: Warehouse) -> None:
    spans = warehouse.rows(
        """
        select tickets.ticket_id, sum(spans.transfers) as transfers
        from core.fct_assignment_spans as spans
        inner join core.dim_tickets as tickets on spans.ticket_key = tickets.ticket_key
        where spans.tenant_id = 'handed_on'
        group by tickets.ticket_id
        """
    )
    assert {row["ticket_id"]: int(row["transfers"]) for row in spans} == {
        "kept": 0,
        "moved": 1,
        "bounced": 0,
        "given": 1,
        "queued": 1,
    }
    rate = warehouse.kpi("handed_on", "transfer_rate", "2026-03-01")
    assert (int(rate["numerator"]), int(rate["denominator"])) == (3, 5)


def test_the_pace_of_a_first_week_is_that_of_the_days_known(warehouse: Warehouse) -> None:
    row = warehouse.kpi("first_days", "backlog_days", "2026-11-01")
    assert float(row["value"]) == 6 / (1 / 2)
    assert row["status"] == "grey_small_n"
    assert row["status_reason"] == "only 2 of the 28 days of its window are known yet"


def test_a_backlog_without_a_pace_says_that_nothing_was_resolved(warehouse: Warehouse) -> None:
    row = warehouse.kpi("no_pace", "backlog_days", "2026-11-01")
    assert row["value"] is None and int(row["numerator"]) == 2
    assert row["status"] == "grey_small_n"
    assert row["status_reason"] == "no number: mean resolutions a day = 0"


def test_no_reason_asks_for_what_is_there(warehouse: Warehouse) -> None:
    """Of every tenant: n that is said to be too small is, and nobody is asked for nothing."""
    reasons = warehouse.rows(
        r"""
        select tenant_id, kpi_id, scope_id, n, status_reason,
            try_cast(regexp_extract(status_reason, 'n = (\d+), at least', 1) as bigint) as said,
            try_cast(regexp_extract(status_reason, 'at least (\d+) needed', 1) as bigint) as needed
        from governance_review.kpi_monthly where status_reason like 'n = %'
        """
    )
    assert reasons
    assert [r for r in reasons if not r["said"] < r["needed"] or r["said"] != (r["n"] or 0)] == []


def test_windows_that_begin_before_the_first_fact_say_so(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        """
        select variant, provisional_reason from governance_review.kpi_monthly
        where tenant_id = 'late_twice' and kpi_id = 'amz_late_response_rate_est' and month = date '2026-09-01'
            and scope_type = 'company'
        """
    )
    assert {row["variant"]: row["provisional_reason"] for row in rows} == {
        "7d": None,
        "30d": "only 8 of the 30 days of its window are known yet",
        "90d": "only 8 of the 90 days of its window are known yet",
    }
