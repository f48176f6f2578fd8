"""Metrics that any BI tool may ask for by name are the numbers of the forum's table."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
import yaml

from ingestion.errors import ConfigurationError
from orchestration.commands.metrics import ask, in_order
from orchestration.manifest import read_manifest
from orchestration.settings import DBT_DIR, read_settings

HELPERS = {
    "obligations_met",
    "obligations_judged",
    "human_closings_without_reply",
    "closings_judged",
}
"""Parts of ratios, which no KPI is named after."""
LAYERED = {
    "sla_compliance",
    "sla_compliance_first_reply",
    "sla_compliance_next_reply",
    "sla_breach_count",
}


def metric_names() -> set[str]:
    files = (DBT_DIR / "models").rglob("*metrics.yml")
    return {
        metric["name"] for file in files for metric in yaml.safe_load(file.read_text())["metrics"]
    }


@pytest.fixture(scope="module")
def published(simulated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that publishes the simulated seller's marts."""
    home = tmp_path_factory.mktemp("metrics")
    (home / "published").mkdir()
    (home / "published" / "marts.duckdb").symlink_to(simulated_home / "warehouse.duckdb")
    return home


def answers(home: Path, names: set[str], *cut: str) -> dict[tuple[str, date, str], float]:
    """Values by metric, month and layer (``none`` where it is not cut by one)."""
    target = home / "answer.csv"
    dimensions = ",".join(("metric_time__month", *cut))
    settings = read_settings({"DESKHOUSE_HOME": str(home)})
    asked = ["query", "--metrics", ",".join(sorted(names)), "--group-by", dimensions]
    assert ask(settings, [*asked, "--csv", str(target)]) == 0
    found = {}
    with target.open(newline="") as file:
        for row in csv.DictReader(file):
            month = datetime.fromisoformat(row["metric_time__month"]).replace(tzinfo=UTC).date()
            layer = row.get("agent_sla_day__layer", "none")
            for name in names:
                if row[name]:
                    found[name, month, layer] = float(row[name])
    return found


def test_every_metric_is_a_governed_number_of_the_company(published):
    names = metric_names() - HELPERS
    assert len(names) >= 10
    found = answers(published, names - LAYERED)
    found |= answers(published, names & LAYERED, "agent_sla_day__layer")
    with duckdb.connect(str(published / "published" / "marts.duckdb"), read_only=True) as marts:
        rows = marts.execute(
            "select kpi_id, month, layer, value from governance_review.kpi_monthly "
            "where scope_type = 'company' and is_governed and stat in ('count', 'ratio') and value is not null "
            "and list_contains(?, kpi_id)",
            [sorted(names)],
        ).fetchall()
    governed = {(kpi, month, layer): float(value) for kpi, month, layer, value in rows}
    assert {name for name, _, _ in governed} == names
    # the table keeps nine decimals
    for key, value in governed.items():
        assert found.get(key, 0.0) == pytest.approx(value, abs=5e-9), key


def test_every_metric_is_described_and_labelled():
    manifest = read_manifest()
    assert manifest["metrics"]
    for metric in manifest["metrics"].values():
        assert metric["description"], metric["name"]
        assert metric["label"], metric["name"]


def test_without_a_publication_the_remedy_is_said(tmp_path):
    with pytest.raises(ConfigurationError, match="Nothing is published"):
        ask(read_settings({"DESKHOUSE_HOME": str(tmp_path)}), ["list", "metrics"])


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        (["query", "--metrics", "csat", "--group-by", "metric_time__month"], "metric_time__month"),
        (
            ["query", "--metrics=csat", "--group-by=a__b,metric_time__month"],
            "a__b,metric_time__month",
        ),
        (["query", "--group-by", "metric_time__month", "--order", "-metric_time__month"], None),
        (["query", "--group-by=metric_time__month", "--order=-metric_time__month"], None),
        (["query", "--metrics", "csat"], None),
        (["list", "metrics"], None),
    ],
)
def test_rows_are_sorted_by_what_they_are_cut_by_unless_asked_otherwise(
    asked: list[str], order: str | None
) -> None:
    assert in_order(asked) == [*asked, *(["--order", order] if order else [])]
