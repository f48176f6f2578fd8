"""The entity diagram of ``core`` and what each mart joins to."""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.reference.markdown import codes, page, table
from orchestration.reference.published import PublishedModel
from orchestration.reference.relations import Relation, relations

_INTRODUCTION = """\
Facts and dimensions of `core` refer to each other by surrogate keys; vendors' ids stand in the dimensions. A
column leads to a table when it ends in the key of that table. Rows of nobody carry `agent_key = 'unowned'`,
which is a row of `core.dim_agents`. In the daily marts `aggregated` stands for persons of months that are no
longer told apart. A null key means that there is none."""


def entities_page(models: Sequence[PublishedModel]) -> str:
    """``docs/reference/entities.md``."""
    found = relations(models)
    core = [one for one in found if one.table.startswith("core.")]
    lines = [
        *_INTRODUCTION.splitlines(),
        "",
        "## Facts and dimensions",
        "",
        "```mermaid",
        "erDiagram",
    ]
    lines += _entities([model for model in models if model.schema == "core"])
    lines += _edges(core)
    lines += ["```", "", "## What marts join to", ""]
    marts = [model.address for model in models if model.schema != "core"]
    rows = [
        (f"[`{address}`](tables.md#{address.replace('.', '')})", _joins(address, found))
        for address in marts
    ]
    lines += table(("table", "joins to"), rows)
    return page("How the published tables hang together", lines)


def _entities(models: Sequence[PublishedModel]) -> list[str]:
    lines = []
    for model in models:
        own = {name for key in model.keys for name in key}
        lines.append(f"    {model.name} {{")
        lines += [
            f"        {column.data_type.split('(')[0]} {column.name} PK"
            for column in model.columns
            if column.name in own
        ]
        lines.append("    }")
    return lines


def _edges(found: Sequence[Relation]) -> list[str]:
    """One edge for each pair of tables, labelled with the columns that make it."""
    columns: dict[tuple[str, str], list[str]] = {}
    for one in found:
        columns.setdefault((one.target, one.table), []).append(one.column)
    return [
        f'    {target.split(".")[1]} ||--o{{ {source.split(".")[1]} : "{", ".join(names)}"'
        for (target, source), names in columns.items()
    ]


def _joins(address: str, found: Sequence[Relation]) -> str:
    targets: dict[str, list[str]] = {}
    for one in found:
        if one.table == address:
            targets.setdefault(one.target, []).append(one.column)
    return "; ".join(f"`{target}` by {codes(names)}" for target, names in targets.items()) or "–"
