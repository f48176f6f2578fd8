"""What the reference shows is true of a built warehouse: examples run, keys lead where it says."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.manifest import read_manifest
from orchestration.reference.published import published_models
from orchestration.reference.relations import Relation, relations
from orchestration.reference.tables import table_questions
from orchestration.warehouse import open_read_only

NOBODY_TOLD_APART = "aggregated"
"""Stands for persons in daily marts of months that are no longer told apart (catalogue §11.7)."""


@pytest.mark.slow
@pytest.mark.parametrize("address", sorted(table_questions()))
def test_the_example_runs_and_reads_its_table(
    simulated_warehouse: tuple[Path, datetime], address: str
) -> None:
    example = table_questions()[address]["example"]
    assert address in example
    with open_read_only(simulated_warehouse[0]) as connection:
        rows = connection.execute(example).fetchall()
        (count,) = connection.execute(f"select count(*) from {address}").fetchall()[0]
    assert bool(rows) == bool(count)


@pytest.mark.slow
def test_columns_lead_to_the_keys_that_the_diagram_shows(
    simulated_warehouse: tuple[Path, datetime],
) -> None:
    with open_read_only(simulated_warehouse[0]) as connection:
        lost = [
            f"{one.table}.{one.column}: {found[0][0]}"
            for one in relations(published_models(read_manifest()))
            if (found := _strangers(connection, one))
        ]
    assert lost == []


def _strangers(connection: duckdb.DuckDBPyConnection, one: Relation) -> list[tuple[object, ...]]:
    return connection.execute(
        f"""
        select {one.column} from {one.table}
        where {one.column} <> ? and {one.column} not in (
            select {one.key} from {one.target} where {one.key} is not null
        )
        limit 1
        """,
        [NOBODY_TOLD_APART],
    ).fetchall()
