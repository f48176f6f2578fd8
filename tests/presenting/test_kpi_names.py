"""Every KPI of the registry has a name in each language, and no two KPIs share one."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from orchestration.presenting.catalog_files import catalog
from orchestration.presenting.languages import LANGUAGES

REGISTRY = Path(__file__).parents[2] / "dbt_project" / "seeds" / "seed_kpi_definitions.csv"
FOREIGN = [code for code in LANGUAGES if code != "en"]


def registry_names() -> list[str]:
    with REGISTRY.open(encoding="utf-8", newline="") as file:
        return sorted({row["name"] for row in csv.DictReader(file)})


@pytest.mark.parametrize("code", FOREIGN)
def test_every_kpi_has_its_own_name(code):
    names = registry_names()
    said = catalog("kpis", code)
    missing = [name for name in names if name not in said]
    assert not missing, missing
    shared = [name for name, count in Counter(said[name] for name in names).items() if count > 1]
    assert not shared, shared


@pytest.mark.parametrize("code", FOREIGN)
def test_what_every_kpi_counts_is_translated(code: str) -> None:
    said = catalog("kpis", code)
    with REGISTRY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = ("formula", "numerator_meaning", "denominator_meaning")
    meanings = {row[name] for row in rows for name in columns}
    missing = sorted(meaning for meaning in meanings if meaning and meaning not in said)
    assert not missing, missing
