"""Marketplace health, issues and exact times through the pipeline (F27, F34, examples of the cards)."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import Warehouse

pytestmark = pytest.mark.slow


def test_f27_headroom_of_a_strict_limit(warehouse: Warehouse) -> None:
    for account, left, status in (("amazon.it", 5, "green"), ("amazon.de", 4, "amber")):
        row = warehouse.kpi(
            "f27",
            "health_headroom",
            "2026-10-01",
            scope_type="marketplace_account",
            scope_id=account,
            variant="none",
        )
        assert (int(row["value"]), row["status"]) == (left, status)
    company = warehouse.kpi("f27", "health_headroom", "2026-10-01", variant="amz_odr")
    assert int(company["value"]) == 4


def test_order_defect_rate_is_the_published_one(warehouse: Warehouse) -> None:
    # 628 feedbacks, 442 claims and 15 chargebacks are 1 078 orders: parts are never summed.
    row = warehouse.kpi(
        "f27",
        "amz_odr",
        "2026-10-01",
        scope_type="marketplace_account",
        scope_id="amazon.fr",
        variant="mfn",
    )
    assert (float(row["value"]), int(row["numerator"]), row["status"]) == (0.002, 1078, "green")


def test_on_time_delivery_met_by_equality_is_on_target(warehouse: Warehouse) -> None:
    row = warehouse.kpi(
        "f27",
        "amz_otdr",
        "2026-10-01",
        scope_type="marketplace_account",
        scope_id="amazon.com",
    )
    assert (float(row["value"]), row["status"]) == (0.9, "green")
    (day,) = warehouse.rows(
        """
        select status, headroom from marketplace_health.account_health_daily
        where tenant_id = 'f27' and metric = 'amz_otdr' and date_day = date '2026-10-31'
        """
    )
    assert (day["status"], day["headroom"]) == ("green", 0)


def test_f34_a_polled_handover_near_the_due_time_is_uncertain(warehouse: Warehouse) -> None:
    rows = {row["ticket_id"]: row for row in warehouse.obligations("f34")}
    assert {name: row["is_time_uncertain"] for name, row in rows.items()} == {
        "inside": True,
        "outside": False,
    }
    share = warehouse.kpi("f34", "time_precision_share", "2026-03-01", layer="marketplace")
    assert (int(share["numerator"]), int(share["denominator"])) == (1, 2)
    # Inside the totals of its channel: both are breaches.
    channel = warehouse.kpi(
        "f34",
        "sla_compliance_first_reply",
        "2026-03-01",
        layer="marketplace",
        stat="ratio",
        scope_type="channel",
    )
    assert (int(channel["numerator"]), int(channel["denominator"])) == (0, 2)
    daily = warehouse.rows(
        """
        select sum(n_breached) as breached, sum(n_time_uncertain) as uncertain
        from agent_sla.agent_sla_daily where tenant_id = 'f34' and layer = 'marketplace'
        """
    )
    assert [(int(row["breached"]), int(row["uncertain"])) for row in daily] == [(2, 1)]
    # Outside the ranking.
    cards = warehouse.rows(
        """
        select n, n_left_out, is_eligible from agent_sla.agent_scorecards
        where tenant_id = 'f34' and period_type = 'month' and layer = 'marketplace' and platform = 'all'
            and agent_key <> 'unowned'
        """
    )
    assert [(row["n"], row["n_left_out"], row["is_eligible"]) for row in cards] == [(0, 2, False)]


def test_issues_with_one_two_and_five_contacts(warehouse: Warehouse) -> None:
    mean = warehouse.kpi("issues", "contacts_to_resolve", "2026-03-01", stat="mean")
    assert (int(mean["numerator"]), int(mean["denominator"]), float(mean["value"])) == (10, 5, 2.0)
    alone = warehouse.kpi(
        "issues", "contacts_to_resolve", "2026-03-01", stat="ratio", variant="resolved_in_1"
    )
    assert float(alone["value"]) == 0.6
    first = warehouse.kpi("issues", "fcr_operational", "2026-03-01")
    assert (int(first["numerator"]), int(first["denominator"])) == (3, 5)
    # The second ticket about the order came six days after the first was solved.
    again = warehouse.kpi("issues", "repeat_contact_rate", "2026-03-01", variant="none")
    assert (int(again["numerator"]), int(again["denominator"])) == (1, 5)
