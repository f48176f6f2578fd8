"""Places are called by their names, with the id where two share one; money by its currency."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.presenting.money import unit_sql
from orchestration.presenting.scopes import label_of, labels_sql, place_said, scope_names


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute(
        """
        create schema core; create schema governance_review;
        create table core.dim_teams as from (values
            ('one', '4210001', 'North'), ('one', '4210002', 'North'), ('one', '4210003', 'South'),
            ('two', '4210001', 'North'), ('two', '4210009', null)) as rows (tenant_id, team_id, name);
        create table core.dim_tags as from (values ('one', 'Where Is It')) as rows (tenant_id, name);
        create table governance_review.kpi_monthly as from (values
            ('one', 'RON'), ('one', '%'), ('two', '%')) as rows (tenant_id, unit)
        """
    )
    return made


def test_names_that_collide_within_a_company_carry_their_id(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    def rows(query: str) -> list[dict[str, object]]:
        return connection.execute(query).df().to_dict("records")

    names = scope_names(rows)
    said = {
        (tenant, scope): label_of(names, tenant, "team", scope)
        for tenant, scope in (
            *(("one", f"421000{n}") for n in (1, 2, 3)),
            *(("two", f"421000{n}") for n in (1, 9)),
        )
    }
    assert list(said.values()) == [
        "North (4210001)",
        "North (4210002)",
        "South",
        "North",
        "4210009",
    ]
    assert label_of(names, "one", "reason", "where is it") == "Where Is It"
    assert label_of(names, "one", "agent", "key") == "key"
    assert rows(labels_sql([])) == []
    assert [
        place_said(names, "one", kind, scope)
        for kind, scope in (
            *(("team", "4210001"), ("team", "gone"), ("company", "company")),
            *(("marketplace_account", "amz|it"), ("agent", "key")),
        )
    ] == ["team North (4210001)", "team gone", "company", "account amz|it", "agent unnamed key"]


def test_money_of_the_registry_is_told_in_the_currency_of_the_company(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    query = f"select {unit_sql('registry.unit', 'registry.tenant_id')} from registry order by place"
    connection.execute(
        "create table registry as from (values (1, 'one', 'currency'), (2, 'one', '%'), (3, 'two', 'currency')) "
        "as rows (place, tenant_id, unit)"
    )
    assert connection.execute(query).fetchall() == [("RON",), ("%",), ("currency",)]
