"""What changes the hash of a KPI's definition: its cards and the rules behind them, no comment, no other card."""

from __future__ import annotations

import copy
import json
import re
from hashlib import md5
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from orchestration.manifest import prepared_manifest
from orchestration.settings import DBT_DIR

_MACRO = DBT_DIR / "macros" / "governance" / "kpi_sql_hash.sql"
_BRANCH = re.compile(r"when model = '(\w+)'(?: and kpi = '(\w+)')? then '(\w+)'")
Key = tuple[str, str]
"""Model, and KPI or nothing for the rest of a model."""


@pytest.fixture(scope="module")
def nodes() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(prepared_manifest().read_text(encoding="utf-8"))
    return {key: node for key, node in content["nodes"].items() if key.startswith("model.")}


def _hashes(nodes: dict[str, Any]) -> dict[Key, str]:
    """The macro as dbt renders it, over the given nodes of the graph."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701
    environment.globals.update(
        graph={"nodes": nodes},
        modules=SimpleNamespace(re=re),
        execute=True,
        local_md5=lambda text: md5(text.encode(), usedforsecurity=False).hexdigest(),
    )
    macros: Any = environment.from_string(_MACRO.read_text(encoding="utf-8")).module
    return {
        (model, kpi): digest
        for model, kpi, digest in _BRANCH.findall(macros.kpi_sql_hash("model", "kpi"))
    }


@pytest.fixture(scope="module")
def before(nodes: dict[str, Any]) -> dict[Key, str]:
    return _hashes(nodes)


def _changed(
    nodes: dict[str, Any], before: dict[Key, str], model: str, old: str, new: str
) -> set[Key]:
    """Whose hash differs after one replacement in the SQL of a model."""
    edited = copy.deepcopy(nodes)
    node = edited[f"model.deskhouse.{model}"]
    assert old in node["raw_code"], model
    node["raw_code"] = node["raw_code"].replace(old, new, 1)
    after = _hashes(edited)
    return {key for key in before if before[key] != after[key]}


def _built_on(nodes: dict[str, Any], fact: str) -> set[str]:
    """Models that read a fact, by themselves or through others: another way round than the macro goes."""
    found = {f"model.deskhouse.{fact}"}
    while True:
        more = {
            key for key, node in nodes.items() if found & set(node["depends_on"]["nodes"])
        } - found
        if not more:
            return {key.rsplit(".", 1)[-1] for key in found}
        found |= more


def test_a_changed_rule_of_a_fact_changes_the_kpis_built_on_it_and_no_other(
    nodes: dict[str, Any], before: dict[Key, str]
) -> None:
    fact = "fct_response_obligations"
    changed = _changed(nodes, before, fact, "\n    select", "\n    select distinct")
    kpis = {kpi for _, kpi in changed}
    assert {"frt", "nrt", "contact_volume", "sla_compliance", "waiver_rate", "csat"} <= kpis
    # by a name that the model gives to the fact
    assert {"sla_overrun", "clock_anomaly_rate", "sla_compliance_first_reply"} <= kpis
    for other in ("backlog", "ticket_volume", "qa_score", "closed_without_reply", "sync_lag"):
        assert other not in kpis
    # of a model other steps of which read the fact: the steps of a card decide, not its file
    assert not {"resolution_volume", "reopen_rate", "tag_coverage"} & kpis
    assert {model for model, _ in changed} <= _built_on(nodes, fact)


def test_a_changed_step_far_up_reaches_the_kpis(
    nodes: dict[str, Any], before: dict[Key, str]
) -> None:
    changed = _changed(nodes, before, "int_turns", "\n    select", "\n    select distinct")
    assert "frt" in {kpi for _, kpi in changed}


def test_a_changed_card_changes_its_kpi_alone(
    nodes: dict[str, Any], before: dict[Key, str]
) -> None:
    (model,) = [model for model, kpi in before if kpi == "dsat"]
    changed = _changed(nodes, before, model, "sentiment = 'dissatisfied'", "sentiment = 'bad'")
    assert {kpi for _, kpi in changed if kpi} == {"dsat"}


@pytest.mark.parametrize("model", ["fct_response_obligations", "int_turns", "fct_messages"])
@pytest.mark.parametrize(
    "said",
    ["-- said otherwise\n", "{# said otherwise #}", "{{ config(tags='x') }}\n", "\n\n  "],
)
def test_what_is_said_about_a_model_changes_nothing(
    nodes: dict[str, Any], before: dict[Key, str], model: str, said: str
) -> None:
    assert _changed(nodes, before, model, "\nwith", f"\n{said}with") == set()


def test_every_card_has_a_hash_of_its_own(before: dict[Key, str]) -> None:
    kpis = [kpi for _, kpi in before if kpi]
    assert len(set(kpis)) >= 80
    assert len(set(before.values())) == len(before)
