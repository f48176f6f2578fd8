"""The canonical contract as dbt reads it: names and types for its macros, the landing tables as sources."""

from __future__ import annotations

from ingestion.canonical import Table, tables

MACRO_FILE = "dbt_project/macros/canonical/canonical_contract.sql"
SOURCES_FILE = "dbt_project/models/canonical/_raw_landing__sources.yml"

_MACRO_HEAD = """\
{#- Generated from ingestion/canonical.yml by `python -m orchestration.reference`: not edited by hand.
    Key and columns with their types of every canonical table, the envelope aside. -#}
{% macro canonical_contract() -%}
    {{ return({
"""
_MACRO_END = """\
    }) }}
{%- endmacro %}
"""
_SOURCES_HEAD = """\
# Generated from ingestion/canonical.yml by `python -m orchestration.reference`: not edited by hand.
version: 2
sources:
  - name: raw_landing
    schema: raw_landing
    description: >-
      Landing files as loaded: canonical form, one table per canonical table, newest version of each row; refused rows
      beside them.
    tables:
      - name: quarantined_records
        description: Refused rows of landing files, one row per fault.
"""


def contract_macro() -> str:
    """The file of the macro ``canonical_contract``."""
    lines = []
    for name, one in tables().items():
        key = ", ".join(f"'{column}'" for column in one.key)
        lines += [f"        '{name}': {{", f"            'key': [{key}],", "            'columns': {"]
        lines += [
            f"                '{column.name}': '{column.type}'," for column in one.columns.values()
        ]
        lines += ["            },", "        },"]
    return _MACRO_HEAD + "\n".join(lines) + "\n" + _MACRO_END


def landing_sources() -> str:
    """The dbt sources of the landing tables, their own columns described."""
    return _SOURCES_HEAD + "".join(_source(one) for one in tables().values())


def _source(one: Table) -> str:
    lines = [f"      - name: {one.name}", f"        description: {_quoted(one.meaning)}"]
    lines += ["        columns:"]
    for column in one.columns.values():
        lines += [
            f"          - name: {column.name}",
            f"            description: {_quoted(column.meaning)}",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
