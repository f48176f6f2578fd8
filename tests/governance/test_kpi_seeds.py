"""The governance seeds say what the KPI catalogue says, and they hang together."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from orchestration.reference.duties import duties_of

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "dbt_project" / "seeds"
OBSERVATIONS = ROOT / "dbt_project" / "models" / "marts" / "governance_review" / "observations"
CATALOGUE = ROOT / "docs" / "catalogue.md"

REGISTRY_COLUMNS = ("group", "unit", "better", "stat", "period", "attribution", "min_n")


def _rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _duties() -> list[dict[str, str]]:
    lines = _rows("seed_kpi_duties")
    return [duty for row in _rows("seed_kpi_definitions") for duty in duties_of(row, lines)]


def _registry() -> dict[str, dict[str, str]]:
    text = CATALOGUE.read_text(encoding="utf-8")
    section = text[text.index("## 7. KPI registry") : text.index("## 8. Targets")]
    lines = re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)
    return {
        kpi_id: dict(zip(REGISTRY_COLUMNS, (cell.strip() for cell in rest.split("|")), strict=True))
        for kpi_id, rest in lines
    }


def test_registry_equals_the_catalogue() -> None:
    registry = _registry()
    seeded = {row["kpi_id"]: row for row in _rows("seed_kpi_definitions")}
    assert list(seeded) == list(registry)
    for kpi_id, card in registry.items():
        row = seeded[kpi_id]
        assert (row["kpi_group"], row["unit"], row["stat"]) == (
            card["group"],
            card["unit"],
            card["stat"],
        ), kpi_id
        assert row["better"] == card["better"].replace("—", "none"), kpi_id
        assert (row["period"], row["attribution"], row["min_n"]) == (
            card["period"],
            card["attribution"],
            card["min_n"],
        ), kpi_id


def test_every_definition_is_whole() -> None:
    forums = {row["forum_id"] for row in _rows("seed_forums")}
    rows = _rows("seed_kpi_definitions")
    core = {path.stem for path in (SEEDS.parent / "models" / "core").glob("*.sql")}
    for row in rows:
        assert row["name"] and row["question"].endswith("?") and row["formula"], row["kpi_id"]
        known = {"counts", "durations", "whole", "published"} if row["computed_in"] else {""}
        assert row["counted_as"] in known, row["kpi_id"]
        facts = set(filter(None, row["counted_facts"].split("|")))
        assert facts <= core and not (facts and known == {""}), row["kpi_id"]
        assert row["forum_id"] in forums, row["kpi_id"]
        assert row["governed_variant"] == row["variants"].split("|")[0], row["kpi_id"]
        assert "company" in row["allowed_scopes"].split("|"), row["kpi_id"]
        assert row["governed_clock"] in ("none", "calendar", "business"), row["kpi_id"]
    assert [row["kpi_id"] for row in rows if row["alias"] == "FTR"] == ["fcr_survey"]


def test_agent_scope_only_where_attribution_reaches_people() -> None:
    for row in _rows("seed_kpi_definitions"):
        if row["attribution"] in ("A10", "owner"):
            assert "agent" not in row["allowed_scopes"].split("|"), row["kpi_id"]


def test_computed_kpis_name_an_existing_model_that_mentions_them() -> None:
    for row in _rows("seed_kpi_definitions"):
        if not row["computed_in"]:
            continue
        model = OBSERVATIONS / f"{row['computed_in']}.sql"
        assert model.exists(), f"{row['kpi_id']}: {model.name} does not exist"
        if row["stat"] != "published":
            assert f"'{row['kpi_id']}'" in model.read_text(encoding="utf-8"), row["kpi_id"]


def test_targets_are_well_formed() -> None:
    definitions = {row["kpi_id"]: row for row in _rows("seed_kpi_definitions")}
    rows = _rows("seed_kpi_targets")
    assert len({row["target_version_id"] for row in rows}) == len(rows)
    for row in rows:
        name = row["target_version_id"]
        definition = definitions[row["kpi_id"]]
        assert date.fromisoformat(row["valid_from"]).day == 1, name
        assert row["layer"] in definition["layers"].split("|"), name
        known = (*definition["variants"].split("|"), *definition["companions"].split("|"))
        assert row["variant"] in ("none", *known), name
        assert row["target_class"] in ("M", "G", "B", "S", "D"), name
        assert float(row["amber_tolerance"]) >= 0, name
        assert bool(row["target_high"]) == (row["direction"] == "band"), name
        if row["target_high"]:
            assert float(row["target_high"]) > float(row["target"]), name
        if definition["unit"] == "%":
            assert 0 <= float(row["target"]) <= 1, name


def test_strict_limits_are_those_the_platforms_state_strictly() -> None:
    strict = {
        row["kpi_id"]
        for row in _rows("seed_kpi_targets")
        if row["direction"] in ("less_than", "greater_than") and row["kpi_id"].startswith("amz_")
    }
    assert strict == {
        "amz_odr",
        "amz_lsr",
        "amz_cancel_rate",
        "amz_vtr",
        "amz_csdr",
        "amz_rdr",
        "amz_invoice_defect_rate",
    }


def test_duties_are_patterns_that_kpis_share() -> None:
    """A line belongs to a pattern or to one KPI; every KPI has a pattern, every pattern several KPIs."""
    lines, definitions = _rows("seed_kpi_duties"), _rows("seed_kpi_definitions")
    assert all(bool(line["duties"]) != bool(line["kpi_id"]) for line in lines)
    shared = Counter(row["duties"] for row in definitions)
    assert set(shared) == {line["duties"] for line in lines if line["duties"]}
    assert min(shared.values()) > 1
    known = {row["kpi_id"] for row in definitions}
    assert {line["kpi_id"] for line in lines if line["kpi_id"]} <= known


def test_a_line_of_the_kpi_goes_before_its_pattern_scope_by_scope() -> None:
    def line(duties: str, kpi_id: str, scopes: str, role: str) -> dict[str, str]:
        return {
            "duties": duties,
            "kpi_id": kpi_id,
            "scope_types": scopes,
            "role": role,
            "kind": "A",
        }

    lines = [
        line("service", "", "company|team", "manager"),
        line("", "frt", "team", "lead"),
        line("quality", "", "company", "trainer"),
    ]
    card = {"kpi_id": "frt", "duties": "service", "allowed_scopes": "company|team", "forum_id": "f"}
    found = [(duty["scope_type"], duty["role"]) for duty in duties_of(card, lines)]
    assert found == [("company", "manager"), ("team", "lead")]


def test_one_role_is_accountable_per_scope_level() -> None:
    definitions = {row["kpi_id"]: row for row in _rows("seed_kpi_definitions")}
    accountable: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in _duties():
        assert row["kind"] in ("A", "R", "V")
        if row["kind"] == "A":
            accountable[row["kpi_id"], row["scope_type"]].append(row["role"])
    wanted = {
        (kpi_id, scope_type)
        for kpi_id, row in definitions.items()
        for scope_type in row["allowed_scopes"].split("|")
    }
    assert set(accountable) == wanted
    assert all(len(roles) == 1 for roles in accountable.values())
    for (kpi_id, scope_type), roles in accountable.items():
        if scope_type in ("agent", "team"):
            assert roles == ["team_lead"], (kpi_id, scope_type)
        elif definitions[kpi_id]["kpi_group"] == "F" and kpi_id not in ("ebay_message_24h",):
            assert roles == ["marketplace_manager"], (kpi_id, scope_type)


@pytest.mark.parametrize(
    ("kpi_id", "role"),
    [
        ("csat", "operations_manager"),
        ("forecast_wape", "wfm_planner"),
        ("qa_variance", "qa_specialist"),
        ("freshness_lag", "data_owner"),
        ("amz_odr", "marketplace_manager"),
    ],
)
def test_who_answers_for_the_company_rows(kpi_id: str, role: str) -> None:
    roles = [
        row["role"]
        for row in _duties()
        if (row["kpi_id"], row["scope_type"], row["kind"]) == (kpi_id, "company", "A")
    ]
    assert roles == [role]


def test_only_the_quarterly_review_may_change_definitions() -> None:
    deciding = [
        row["forum_id"] for row in _rows("seed_forums") if row["is_only_for_definitions"] == "true"
    ]
    assert deciding == ["quarterly_kpi_review"]
