"""Codes of platforms that a mart can hold have words, and one that nobody knows yet is readable."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from ingestion.simulator.amazon.health_report import POLICY_METRICS
from orchestration.presenting.codes import CODES
from orchestration.presenting.languages import LANGUAGES, language
from orchestration.presenting.words import METRICS

DBT = Path(__file__).parents[2] / "dbt_project"
_METRIC = re.compile(r"'((?:amz|ebay|social)_[a-z]\w*)'")


def kpi_ids() -> set[str]:
    with (DBT / "seeds" / "seed_kpi_definitions.csv").open(newline="", encoding="utf-8") as file:
        return {row["kpi_id"] for row in csv.DictReader(file)}


def test_every_metric_that_staging_names_has_words() -> None:
    named = {
        found
        for folder in ("amazon", "ebay")
        for path in (DBT / "models" / "staging" / folder).glob("*__*health_figures.sql")
        for found in _METRIC.findall(path.read_text(encoding="utf-8"))
    }
    assert len(named) > 12
    assert not named - kpi_ids() - METRICS.keys() - CODES.keys()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_part_of_a_figure_has_words_of_its_own(code: str) -> None:
    own = language(code)
    said = [own.coded(part) for part in (*POLICY_METRICS, "orderDefectRate")]
    assert len(set(said)) == len(said)
    assert not [one for one in said if re.search(r"[a-z][A-Z]", one)]
    if code != "en":
        assert not set(said) & {CODES[part] for part in POLICY_METRICS}


def test_a_code_that_nobody_knows_yet_is_readable() -> None:
    own = language("en")
    assert own.coded("unheardOfSellerWarning") == "unheard of seller warning"
    assert own.coded("unheard_of") == "unheard of"
    assert own.coded("DOMESTIC") == "DOMESTIC"
    assert own.coded("Electronics") == "Electronics"
