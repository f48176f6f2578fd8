"""Every number of the monthly table says the unit it has: companions are other kinds of number than their KPI."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

SEEDS = Path(__file__).parents[3] / "dbt_project" / "seeds"
SHARE, COUNT, SECONDS = "%", "count", "s"
COMPANIONS = {
    "after_close": SHARE,
    "amz_avg_response_h": "h",
    "any_tag": COUNT,
    "bias": "pp",
    "closed_without_reply": SHARE,
    "coverage": SHARE,
    "distinct_tickets_resolved": COUNT,
    "inferred_share": SHARE,
    "interval_coverage": SHARE,
    "late_first_reply": SHARE,
    "met_but_reopened_rate": SHARE,
    "method_3_share": SHARE,
    "oldest_age": SECONDS,
    "open_violations": COUNT,
    "other_reason": SHARE,
    "other_share": SHARE,
    "pending_without_reply": COUNT,
    "per_paid_hour": "per hour",
    "projected_denominator": COUNT,
    "real_moves": COUNT,
    "recovered_rate": SHARE,
    "repaired": COUNT,
    "repeat_contact": SHARE,
    "resolution": COUNT,
    "share_of_active_reasons": SHARE,
    "share_of_comments_handled": SHARE,
    "share_of_tagged": SHARE,
    "social_page_response_time": SECONDS,
    "suppressed": COUNT,
    "tat_zero_share": SHARE,
    "transfers_per_ticket": "per ticket",
    "unlinked_share": SHARE,
    "with_descendants": COUNT,
    "without_cause": SHARE,
    **dict.fromkeys(("absent_paid", "admin", "break", "coaching"), SHARE),
    **dict.fromkeys(("meeting", "offline", "training"), SHARE),
    **dict.fromkeys(("merged", "spam", "deleted", "test", "clock_anomaly"), COUNT),
    **dict.fromkeys(("n_met_answered", "n_late_answered", "n_missed_never"), COUNT),
    **dict.fromkeys(("n_missed_recovered_in_target", "n_missed_recovered_late"), COUNT),
    **dict.fromkeys(("sla_count_as_missed", "sla_treat_normally", "sla_ignore"), SHARE),
    **{f"resolved_in_{contacts}": SHARE for contacts in ("1", "2", "3", "4_plus")},
}
"""Units of the companions that the cards name (catalogue §6)."""
GROUPS = {"by_waiver_reason": SHARE, "by_type": COUNT}
"""Companions of the registry that stand for several variants of their KPI."""


def registry() -> list[dict[str, str]]:
    with (SEEDS / "seed_kpi_definitions.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def companions_of(definition: dict[str, str]) -> list[str]:
    return definition["companions"].split("|") if definition["companions"] else []


def test_the_unit_of_every_companion_of_the_registry_is_known() -> None:
    named = {name for definition in registry() for name in companions_of(definition)}
    assert not named - COMPANIONS.keys() - GROUPS.keys()


def test_every_monthly_number_has_the_unit_of_what_it_is(
    simulated_warehouse: tuple[Path, datetime],
) -> None:
    units = {definition["kpi_id"]: definition["unit"] for definition in registry()}
    companions = {d["kpi_id"]: companions_of(d) for d in registry()}
    with duckdb.connect(str(simulated_warehouse[0]), read_only=True) as connection:
        rows = connection.execute(
            # money stands in the tenant's own, euro where its sheet names none
            "select distinct kpi.kpi_id, kpi.stat, kpi.variant, "
            "case when kpi.unit = coalesce(tenants.currency, 'EUR') then 'currency' else kpi.unit end "
            "from governance_review.kpi_monthly as kpi "
            "left join raw_landing.tenants as tenants on kpi.tenant_id = tenants.tenant_id"
        ).fetchall()
    assert len(rows) > 250
    wrong = []
    for kpi, stat, variant, unit in rows:
        expected = {units[kpi]}
        if variant.split(":")[0] in companions[kpi]:
            expected = {COMPANIONS[variant.split(":")[0]]}
        elif (kpi, stat) == ("unanswered_holds", "ratio") or variant == "agreement_pct":
            expected = {SHARE}
        if unit not in expected:
            wrong.append((kpi, stat, variant, unit, sorted(expected)))
    assert not wrong


@pytest.mark.parametrize(
    ("kpi", "variant"),
    [
        ("transfer_rate", "transfers_per_ticket"),
        ("resolution_volume", "distinct_tickets_resolved"),
        ("closed_without_reply", "repaired"),
        ("tag_coverage", "other_share"),
        ("comments_deleted", "share_of_comments_handled"),
    ],
)
def test_companions_that_the_cards_name_have_values(
    simulated_warehouse: tuple[Path, datetime], kpi: str, variant: str
) -> None:
    with duckdb.connect(str(simulated_warehouse[0]), read_only=True) as connection:
        count = connection.execute(
            "select count(value) from governance_review.kpi_monthly where kpi_id = ? and variant = ?",
            [kpi, variant],
        ).fetchall()[0][0]
    assert count
