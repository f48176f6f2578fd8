"""Steps are put before a query as dbt itself puts them, whatever the query begins with."""

from __future__ import annotations

import duckdb
import pytest
from dbt.artifacts.resources.v1.components import InjectedCTE
from dbt.compilation import inject_ctes_into_sql
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.dbt_steps import quick_steps, with_steps

STEPS = [
    InjectedCTE(id="a", sql=" step_a as (\nselect 1 as n\n)"),
    InjectedCTE(id="b", sql=" step_b as (\nwith x as (select 2 as n) select * from x -- with\n)"),
]
_BLANKS = st.sampled_from(["", " ", "\n", "\n\n  ", "\t"])
_COMMENTS = st.sampled_from(
    ["", "-- with this\n", "-- it's\n-- two\n", "/* with\n * recursive */", "/**/ "]
)
_HEADS = st.lists(st.tuples(_BLANKS, _COMMENTS).map("".join), max_size=4).map("".join)
_TAIL = "select n from step_a union all select n from step_b"
_QUERIES = st.sampled_from(
    [
        (_TAIL, [1, 2]),
        (f"({_TAIL})", [1, 2]),
        (f"with own as ({_TAIL}) select * from own", [1, 2]),
        (f"WITH own as ({_TAIL}), more as (select 3 as n) from own union all from more", [1, 2, 3]),
        (
            f"with recursive up as (select 1 as n union all select n + 1 from up where n < 2) "
            f"select n from up union all {_TAIL}",
            [1, 1, 2, 2],
        ),
        (
            f"with /* not */ recursive -- up\n up as (select 5 as n) from up union all {_TAIL}",
            [1, 2, 5],
        ),
        (f"with recursive_own as ({_TAIL}) select * from recursive_own", [1, 2]),
        (f"with\n-- first\nown as ({_TAIL}) select * from own", [1, 2]),
    ]
)


@settings(deadline=None)
@given(head=_HEADS, query=_QUERIES)
def test_the_query_means_what_dbt_makes_of_it(head: str, query: tuple[str, list[int]]) -> None:
    sql, numbers = query
    found = duckdb.sql(with_steps(head + sql, STEPS)).fetchall()
    assert sorted(n for (n,) in found) == numbers


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "  -- with\n  with own as (select 1) select * from own",
        "with recursive own as (select 1) select * from own",
    ],
)
def test_the_text_is_dbts_but_for_blanks(sql: str) -> None:
    assert with_steps(sql, STEPS).split() == inject_ctes_into_sql(sql, STEPS).split()


def test_without_steps_nothing_changes() -> None:
    assert with_steps("-- a\nselect 1", []) == "-- a\nselect 1"


def test_dbt_has_its_own_way_back_after_the_block() -> None:
    from dbt import compilation

    with pytest.raises(RuntimeError), quick_steps():
        assert compilation.inject_ctes_into_sql is with_steps
        raise RuntimeError
    assert compilation.inject_ctes_into_sql is inject_ctes_into_sql
