"""The generated reference says what seeds, models and the canonical contract say; its parts read them right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingestion.canonical import tables
from orchestration.manifest import read_manifest
from orchestration.reference import kpis, pages
from orchestration.reference.contract import contract_page
from orchestration.reference.diagram import entities_page
from orchestration.reference.markdown import anchor, cell
from orchestration.reference.missing import MissingTextError, same_names
from orchestration.reference.published import Column, PublishedModel, published_models
from orchestration.reference.relations import Relation, relations
from orchestration.reference.targets import amount, targets_in_words
from tests.docs.headings import text_of


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return read_manifest()


def test_the_written_pages_are_up_to_date() -> None:
    """Else: python -m orchestration.reference."""
    assert pages.stale_pages(pages.pages()) == []


def test_a_page_that_says_something_else_is_stale_until_it_is_written(tmp_path: Path) -> None:
    texts = {"kpis.md": "# The 141 KPIs\n", "tables.md": "# Tables\n"}
    assert pages.stale_pages(texts, tmp_path) == ["kpis.md", "tables.md"]
    pages.write_pages(texts, tmp_path)
    assert pages.stale_pages(texts, tmp_path) == []
    (tmp_path / "kpis.md").write_text("# The 140 KPIs\n", encoding="utf-8")
    assert pages.stale_pages(texts, tmp_path) == ["kpis.md"]
    assert pages.write_pages(texts, tmp_path) == [tmp_path / "kpis.md"]


def test_a_changed_definition_changes_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = kpis.seed_rows

    def other(name: str) -> list[kpis.Row]:
        rows = [dict(row) for row in whole(name)]
        if name == "seed_kpi_definitions":
            rows[0]["formula"] = "another formula altogether"
        return list(rows)

    monkeypatch.setattr(kpis, "seed_rows", other)
    assert "another formula altogether" in kpis.kpis_page()


def test_every_kpi_has_its_card_parts_owner_and_targets() -> None:
    page = text_of("reference/kpis.md")
    section = page[page.index("### csat\n") : page.index("### dsat\n")]
    for said in (
        "**Customer satisfaction**",
        "**Unit:** %, better: higher",
        "**Numerator:** satisfied answers · **Denominator:** latest answers",
        "`operations_manager` for company",
        "`team_lead` for team, agent",
        "ratio ≥ 85 % (D) for company",
        "**Needs:** `satisfaction_responses`",
        "](../catalogue.md#csat--customer-satisfaction-also-csat)",
    ):
        assert said in section


def test_names_without_text_and_texts_without_name_are_said() -> None:
    same_names(Path("questions.yml"), {"a", "b"}, {"a", "b"})
    with pytest.raises(MissingTextError, match=r"questions.yml has no question for b, c:"):
        same_names(Path("questions.yml"), {"a"}, {"a", "b", "c"})
    with pytest.raises(MissingTextError, match=r"questions.yml asks about z, which"):
        same_names(Path("questions.yml"), {"a", "z"}, {"a"})


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        ("s", 43_200, "12 h"),
        ("s", 90, "90 s"),
        ("s", 900, "15 min"),
        ("s", 259_200, "72 h"),
        ("s", 864_000, "10 d"),
        ("%", 0.005, "0.5 %"),
        ("count", 0, "0"),
        ("count of 5", 5, "5 of 5"),
        ("days", 1.5, "1.5 days"),
    ],
)
def test_amounts_are_said_as_people_read_them(unit: str, value: float, said: str) -> None:
    assert amount(unit, value) == said


@pytest.mark.parametrize(
    ("unit", "governed", "target", "said"),
    [
        ("count", "count", "0.05", "5 %"),
        ("s", "median", "0.2", "20 %"),
        ("s", "ratio", "86400", "24 h"),
    ],
)
def test_a_share_beside_a_kpi_is_a_share(unit: str, governed: str, target: str, said: str) -> None:
    row = {
        **{"stat": "ratio", "target": target, "target_high": "", "direction": "lower"},
        **{"target_class": "D", "layer": "none", "variant": "none", "clock": ""},
        **{"scope_type": "company", "scope_id": "*"},
    }
    assert targets_in_words(unit, governed, [row]) == f"ratio ≤ {said} (D) for company"


def test_targets_that_differ_in_scope_alone_are_said_once() -> None:
    row = {
        **{"stat": "p90", "target": "43200", "target_high": "", "direction": "lower"},
        **{"target_class": "D", "layer": "none", "variant": "none", "clock": "calendar"},
    }
    amazon = {**row, "scope_type": "platform", "scope_id": "amazon"}
    accounts = {**row, "scope_type": "marketplace_account", "scope_id": "*"}
    band = {**row, "stat": "ratio", "target": "0.6", "target_high": "0.75", "direction": "band"}
    assert targets_in_words("s", "median", [amazon, accounts]) == (
        "p90 ≤ 12 h, clock calendar (D) for platform amazon, marketplace_account"
    )
    assert targets_in_words("%", "ratio", [{**band, "scope_type": "company", "scope_id": "*"}]) == (
        "ratio 60 % to 75 %, clock calendar (D) for company"
    )


def _model(schema: str, name: str, key: str, *others: str) -> PublishedModel:
    columns = tuple(Column(column, "varchar", "x") for column in (key, *others))
    return PublishedModel(schema, name, "One row per x.", columns, ((key,),), {})


def test_a_column_leads_to_the_longest_key_it_ends_in() -> None:
    models = [
        _model("core", "dim_agents", "agent_key"),
        _model("core", "dim_tags", "tag_key", "parent_tag_key"),
        _model("core", "fct_things", "thing_key", "sla_owner_agent_key", "reagent_key"),
        _model("agent_sla", "days", "day_key", "agent_key"),
    ]
    assert relations(models) == [
        Relation("core.dim_tags", "parent_tag_key", "core.dim_tags", "tag_key"),
        Relation("core.fct_things", "sla_owner_agent_key", "core.dim_agents", "agent_key"),
        Relation("agent_sla.days", "agent_key", "core.dim_agents", "agent_key"),
    ]
    page = entities_page(models)
    assert 'dim_agents ||--o{ fct_things : "sla_owner_agent_key"' in page
    assert "| `core.dim_agents` by `agent_key` |" in page


def test_what_the_data_tests_prove_is_among_the_relations(manifest: dict[str, Any]) -> None:
    models = published_models(manifest)
    found = {(one.table, one.column): f"{one.target}.{one.key}" for one in relations(models)}
    proved = {
        (model.address, column): f"core.{target}"
        for model in models
        for column, target in model.refers.items()
    }
    assert proved
    assert proved.items() <= found.items()


def test_every_published_table_has_a_key(manifest: dict[str, Any]) -> None:
    assert [model.address for model in published_models(manifest) if not model.keys] == []


def test_every_canonical_column_is_described(manifest: dict[str, Any]) -> None:
    page = contract_page()
    for name, one in tables().items():
        section = page[page.index(f"\n## {name}\n") :].split("\n## ")[1]
        assert [column for column in one.columns if f"| `{column}` |" not in section] == []
    assert "| names a buyer: hashed |" in page
    assert "names a buyer: hashed where `author_role` is `customer`" in page
    assert "names a buyer: hashed where it repeats `author_id`" in page
    assert "`open`, `pending`" in page


def test_pieces_of_markdown() -> None:
    assert anchor("`frt` — First response time (also FRT, TFR)") == (
        "frt--first-response-time-also-frt-tfr"
    )
    assert anchor("2.1 `tickets` — one row") == "21-tickets--one-row"
    assert cell("a | b\nc") == "a \\| b c"
