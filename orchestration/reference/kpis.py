"""``docs/reference/kpis.md``: the registered KPIs with their meaning, parts, scopes, needs, owners and targets."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from orchestration.reference.duties import duties_of
from orchestration.reference.markdown import anchor, cell, codes, page, table
from orchestration.reference.targets import targets_in_words
from orchestration.settings import DBT_DIR

SEEDS = DBT_DIR / "seeds"
CATALOGUE = DBT_DIR.parent / "docs" / "catalogue.md"

GROUPS = {
    "A": "SLA and efficiency",
    "B": "Quality",
    "C": "Cost and demand",
    "D": "Agent activity and audit",
    "E": "Tags, reasons, macros",
    "F": "Marketplace health",
    "G": "Data quality",
}

_INTRODUCTION = """\
The registry as it is in force: `dbt_project/seeds/seed_kpi_definitions.csv`, with the targets and duties of the
seeds beside it. A tenant's own sheets win over both. What the codes mean stands in [catalogue
§4](../catalogue.md#4-attribution-who-gets-the-ticket), the full card of each KPI behind its link. Published
values are rows of `governance_review.kpi_monthly`; ratios are fractions of one, durations seconds. *Needs*
names capabilities of the sources and rows that must have been delivered: without one of them the number is grey
and says which."""

Row = Mapping[str, str]


def seed_rows(name: str) -> list[Row]:
    """Lines of a seed in their order."""
    with (SEEDS / f"{name}.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def kpis_page() -> str:
    """The whole page."""
    definitions = seed_rows("seed_kpi_definitions")
    lines = [*_INTRODUCTION.splitlines()]
    cards = _card_anchors()
    owners, targets = seed_rows("seed_kpi_duties"), seed_rows("seed_kpi_targets")
    for group, found in groupby(definitions, key=lambda row: row["kpi_group"]):
        rows = list(found)
        lines += ["", f"## {group}. {GROUPS[group]}", ""]
        lines += table(("KPI", "answers"), [(_link(row), row["question"]) for row in rows])
        for row in rows:
            lines += _kpi(row, cards)
            lines += [f"- **Accountable:** {_owners(duties_of(row, owners))}"]
            own = [target for target in targets if target["kpi_id"] == row["kpi_id"]]
            lines += [f"- **Targets:** {targets_in_words(row['unit'], row['stat'], own) or 'none'}"]
            lines += [
                f"- **Reviewed in:** `{row['forum_id']}` · **Computed in:** `{row['computed_in']}`"
            ]
    return page(f"The {len({row['kpi_id'] for row in definitions})} KPIs", lines)


def _link(row: Row) -> str:
    return f"[`{row['kpi_id']}`](#{row['kpi_id']}) {row['name']}"


def _kpi(row: Row, cards: Mapping[str, str]) -> list[str]:
    alias = f" (also {row['alias']})" if row["alias"] else ""
    version = f", version {row['kpi_version']}" if row["kpi_version"] != "1" else ""
    lines = ["", f"### {row['kpi_id']}", ""]
    lines += [f"**{row['name']}**{alias}{version}. {row['question']}", ""]
    lines += [
        f"- **Unit:** {row['unit']}, better: {row['better']} · **Formula:** {cell(row['formula'])}"
    ]
    if row["numerator_meaning"]:
        parts = f"- **Numerator:** {row['numerator_meaning']}"
        if row["denominator_meaning"]:
            parts += f" · **Denominator:** {row['denominator_meaning']}"
        lines += [parts]
    lines += [f"- **Governed:** {_governed(row)} · **Smallest n:** {row['min_n']}"]
    if row["companions"]:
        lines += [f"- **Beside it:** {codes(row['companions'].split('|'))}"]
    lines += [
        f"- **Month:** {row['period']} · **Attribution:** {row['attribution']} · **Aggregation:** {row['aggregation']}"
        f" · **Clocks:** {row['clock_codes'].replace('|', ', ')}"
    ]
    lines += [f"- **Scopes:** {codes(row['allowed_scopes'].split('|'))} · **Needs:** {_needs(row)}"]
    lines += [f"- **Card:** [catalogue §6](../catalogue.md#{cards[row['kpi_id']]})"]
    return lines


def _governed(row: Row) -> str:
    said = [f"`{row['stat']}`"]
    if row["extra_stats"]:
        said.append(f"also {codes(row['extra_stats'].split('|'))}")
    if row["governed_clock"] != "none":
        said.append(f"{row['governed_clock']} clock")
    if row["layers"] != "none":
        said.append(f"layers {codes(row['layers'].split('|'))}")
    if row["variants"] != "none":
        said.append(f"variant `{row['governed_variant']}` of {codes(row['variants'].split('|'))}")
    return ", ".join(said)


def _needs(row: Row) -> str:
    names = [*row["required_capability"].split("|"), *row["required_input"].split("|")]
    return codes(names)


def _owners(rows: Iterable[Row]) -> str:
    """Accountable role and the kinds of scope it answers for, those of most scopes first."""
    scopes: dict[str, list[str]] = {}
    for row in rows:
        if row["kind"] == "A":
            scopes.setdefault(row["role"], []).append(row["scope_type"])
    ordered = sorted(scopes.items(), key=lambda item: ("company" not in item[1], item[0]))
    return "; ".join(f"`{role}` for {', '.join(found)}" for role, found in ordered)


def _card_anchors() -> dict[str, str]:
    headings = re.findall(
        r"^#### (`(\w+)`.*)$", CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {kpi_id: anchor(heading) for heading, kpi_id in headings}
