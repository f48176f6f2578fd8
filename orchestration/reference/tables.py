"""``docs/reference/tables.md``: every published table with its grain, question, columns and an example query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from orchestration.reference.markdown import codes, page, table
from orchestration.reference.missing import same_names
from orchestration.reference.published import PublishedModel
from orchestration.reference.relations import relations

QUESTIONS_FILE = Path(__file__).parent / "table_questions.yml"

_INTRODUCTION = """\
What `published/marts.duckdb` and `published/parquet/<schema>/<table>.parquet` hold. Instants are UTC, durations
whole seconds that say their clock (`_cal_s` calendar, `_bus_s` business), ratios fractions of one. The example
queries run on the published file as they stand, and a test runs them. How the tables join:
[entities.md](entities.md)."""


def table_questions() -> dict[str, Mapping[str, str]]:
    """Question and example query by address of the table."""
    found: dict[str, Mapping[str, str]] = yaml.safe_load(QUESTIONS_FILE.read_text(encoding="utf-8"))
    return found


def tables_page(models: Sequence[PublishedModel]) -> str:
    """The whole page.

    Raises:
        MissingTextError: a published table has no question, or a question no table; the message says which.
    """
    questions = table_questions()
    same_names(QUESTIONS_FILE, set(questions), {model.address for model in models})
    leads = {(one.table, one.column): one for one in relations(models)}
    lines = [*_INTRODUCTION.splitlines(), ""]
    lines += table(
        ("table", "answers"),
        [(f"[`{m.address}`](#{_anchor(m)})", questions[m.address]["question"]) for m in models],
    )
    for model in models:
        lines += ["", f"## {model.address}", "", f"**{questions[model.address]['question']}**", ""]
        lines += [model.description, ""]
        lines += [f"Unique: {'; '.join(codes(key) for key in model.keys)}.", ""]
        rows = []
        for column in model.columns:
            lead = leads.get((model.address, column.name))
            to = f" → `{lead.target}`" if lead else ""
            rows.append((f"`{column.name}`", column.data_type, column.description + to))
        lines += table(("column", "type", "means"), rows)
        lines += ["", "```sql", *questions[model.address]["example"].rstrip().splitlines(), "```"]
    return page("Published tables", lines)


def _anchor(model: PublishedModel) -> str:
    return model.address.replace(".", "")
