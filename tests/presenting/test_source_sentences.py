"""Sentences that seeds, checks and sources say are translated, and no catalog says a text of another one otherwise."""

import csv
import re
from pathlib import Path

import pytest

from expectations.suites import SUITES
from orchestration.dashboard.words import CODES, DOMAINS
from orchestration.pack.wording import WORDS
from orchestration.presenting.catalog_files import catalog
from orchestration.presenting.codes import CODES as SPOKEN
from orchestration.presenting.languages import LANGUAGES, language
from orchestration.presenting.words import ROLES

ROOT = Path(__file__).parents[2]
DBT = ROOT / "dbt_project"
FOREIGN = [code for code in LANGUAGES if code != "en"]
_TEXT = re.compile(r"'((?:[^']|'')*)'")


def gate_sentences() -> set[str]:
    metas = [
        expectation.meta
        for suite in SUITES
        for expectation in suite.expectations().expectations
        if expectation.meta
    ]
    assert {meta["owner"] for meta in metas} <= ROLES.keys()
    source = (ROOT / "expectations" / "checkpoints.py").read_text(encoding="utf-8")
    missing_tables = set(re.findall(r'(?:why|action)="(.+)",', source))
    assert missing_tables
    return {meta[name] for meta in metas for name in ("why", "action")} | missing_tables


def warehouse_sentences() -> set[str]:
    """Why and action of the warehouse's own checks, which a list of the model holds."""
    path = DBT / "models" / "marts" / "data_quality" / "int_warehouse_checks.sql"
    listed = path.read_text(encoding="utf-8").partition("why, action in [")[2].partition("] %}")[0]
    assert listed
    return {text for text in _TEXT.findall(listed) if " " in text}


def rule_texts() -> set[str]:
    with (DBT / "seeds" / "seed_marketplace_rules.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shown = {row[name] for row in rows for name in ("rule", "consequence", "clock")}
    return shown - CODES.keys() - {""}


def notes_on_sources() -> set[str]:
    """Notes on what a source delivers: the texts with spaces of the models that declare it."""
    paths = [
        *(DBT / "models" / "staging").glob("*/*__source_capabilities.sql"),
        DBT / "models" / "canonical" / "canonical__source_capabilities.sql",
    ]
    assert len(paths) > 4
    texts = {text for path in paths for text in _TEXT.findall(path.read_text(encoding="utf-8"))}
    return {text.replace("''", "'") for text in texts if " " in text}


@pytest.mark.parametrize("code", FOREIGN)
@pytest.mark.parametrize(
    "sentences", [gate_sentences, warehouse_sentences, rule_texts, notes_on_sources]
)
def test_every_sentence_is_translated(sentences, code):
    known = language(code, *DOMAINS).texts
    said = sentences()
    assert len(said) > 10
    missing = sorted(text for text in said if text not in known)
    assert not missing, missing


@pytest.mark.parametrize("domain", ["checks", "rules"])
def test_no_translation_is_left_of_what_nobody_says(domain):
    said = gate_sentences() | warehouse_sentences() if domain == "checks" else rule_texts()
    assert catalog(domain, "it").keys() <= said


@pytest.mark.parametrize("code", FOREIGN)
@pytest.mark.parametrize("domain", ["checks", "rules"])
def test_sentences_of_sources_override_no_other_text(domain, code):
    others = [catalog(name, code) for name in ("common", *DOMAINS) if name != domain]
    assert not [text for text in catalog(domain, code) if any(text in one for one in others)]


def value_codes() -> set[str]:
    """Codes that the models write beside or instead of a number, lists of them taken apart."""
    found = set()
    for path in (DBT / "models").rglob("int_kpi_*.sql"):
        for case in re.findall(
            r"\bcase\b((?:(?!\bcase\b).)*?)end as value_text", path.read_text("utf-8"), re.S
        ):
            for text in re.findall(r"(?:then|else) '([a-z_|]+)'", case):
                found |= set(text.split("|"))
    return found - {"none"}


def left_out_words() -> set[str]:
    """Why something is not in a number, up to the code that may follow."""
    path = DBT / "models" / "marts" / "governance_review" / "rollup" / "int_kpi_absent_facts.sql"
    words = re.findall(r"""'words': "(.*?)"[},]""", path.read_text("utf-8"))
    texts = {_TEXT.findall(text)[0].replace("''", "'") for text in words}
    return {text.rstrip().removesuffix(":") for text in texts}


def alike_sentences() -> set[str]:
    """Sentences that stand instead of a number, without values."""
    found = set()
    for path in (DBT / "models").rglob("int_kpi_*.sql"):
        found |= set(
            re.findall(
                r"then '([a-z]+[a-z: ]* [a-z: ]+)' end as value_text", path.read_text("utf-8")
            )
        )
    return found


@pytest.mark.parametrize("code", FOREIGN)
def test_reasons_and_sentences_of_numbers_are_translated(code: str) -> None:
    known = catalog("common", code)
    assert len(left_out_words()) > 20 and alike_sentences()
    assert not {text for text in left_out_words() | alike_sentences() if text not in known}


def test_what_stands_beside_a_number_has_words() -> None:
    known = SPOKEN.keys() | WORDS.keys()
    assert len(value_codes()) > 10
    assert not value_codes() - known


def comparison_reasons() -> set[str]:
    """Why two months are not compared, with a day and a source where one stands in it."""
    folder = DBT / "models" / "marts" / "governance_review"
    compared = (folder / "rollup" / "int_kpi_compared.sql").read_text("utf-8")
    coverage = (folder / "measurability" / "int_kpi_coverage.sql").read_text("utf-8")
    alone = set(re.findall(r"then '([^']+)'\n", compared))
    fronts = re.findall(r"then '([^']+ )' \|\| \w*\.?\{?", compared)
    begun = re.findall(r"'(known only from )' .*' (on \()'", coverage)
    silent = re.findall(r"'(known only up to )' .*' (\()'", coverage)
    parts = [f"{front}2025-10-29 {rest}zendesk)" for front, rest in (*begun, *silent)]
    assert len(alone) == 3 and len(set(fronts)) == 2 and len(parts) == 2
    return alone | set(parts) | {front + part for front in fronts for part in parts}


@pytest.mark.parametrize("code", FOREIGN)
def test_why_months_are_not_compared_is_said_in_the_language(code: str) -> None:
    own = language(code)
    for reason in comparison_reasons():
        said = own.sentence(reason)
        assert said != reason, reason
        assert ("2025-10-29" in reason) == (" 2025" in said) and "2025-10" not in said
