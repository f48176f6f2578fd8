"""A union and the views of its members: what dbt's hook makes of a compiled model, run on a database in memory."""

from __future__ import annotations

import re

import duckdb
import jinja2

from orchestration.settings import DBT_DIR

_MACROS = (DBT_DIR / "macros" / "engine" / "pieces.sql").read_text(encoding="utf-8")
_STEPS = {
    "base": "select 1 as a",
    "base_more": "select a + 1 as a from __dbt__cte__base",
    "other": "select 10 as a",
}
_UNION = """-- with a word in front
with united as (
{{ piece('first', true) }}
select a, 'first' as of_model from __dbt__cte__base_more
{{ piece('second', false) }}
select a, 'second' as of_model from (select a from __dbt__cte__other union all select 11 as a)
{{ pieces_end() }}
)
select a, of_model from united where a <> 11"""


def made(
    steps: dict[str, str], union: str = _UNION, tables: tuple[str, ...] = ()
) -> tuple[str, str]:
    """The compiled union and the statements of the hook, as dbt gives them to the database."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701
    own = environment.from_string(_MACROS + union).render().strip()
    ctes = [
        {"sql": f" __dbt__cte__{name} as (\n{query}\n)", "id": name}
        for name, query in steps.items()
    ]
    injected = ", ".join(cte["sql"] for cte in ctes)
    compiled = re.sub(r"(?m)^with", f"with{injected}, " if ctes else "with", own, count=1)
    environment.globals |= {
        "modules": {"re": re},
        "model": {
            "alias": "united",
            "compiled_code": compiled,
            "extra_ctes": ctes,
            "config": {"meta": {"tables": list(tables), "sorted_by": ["a"]} if tables else {}},
        },
    }
    return compiled, environment.from_string(_MACROS).module.make_pieces("whole")


def test_members_are_the_union_and_have_the_steps_that_they_read() -> None:
    compiled, statements = made(_STEPS)
    with duckdb.connect() as connection:
        connection.execute("create schema united")
        connection.execute("create view united.former as select 1")
        connection.execute(statements)
        views = dict(
            connection.execute(
                "select view_name, sql from duckdb_views() where schema_name = 'united'"
            ).fetchall()
        )
        assert views.keys() == {"first", "second"}
        rows = [row for name in views for row in connection.sql(f"from united.{name}").fetchall()]
        assert sorted(rows) == [(2, "first"), (10, "second")]
        assert sorted(rows) == sorted(connection.sql(compiled).fetchall())
    assert "__dbt__cte__base " in views["first"] and "__dbt__cte__other" not in views["first"]
    assert "__dbt__cte__base" not in views["second"]


def test_members_without_steps_read_relations() -> None:
    _, statements = made({}, _UNION.replace("__dbt__cte__", "step_"))
    with duckdb.connect() as connection:
        for name in ("base_more", "other"):
            connection.execute(f"create view step_{name} as select 5 as a")
        connection.execute(statements)
        assert connection.sql("from united.second").fetchall() == [(5, "second")]


def test_a_listed_member_is_a_sorted_table_that_the_union_reads() -> None:
    union = _UNION.replace("where a <> 11", "")
    compiled, statements = made(_STEPS, union, ("second",))
    with duckdb.connect() as connection:
        connection.execute(f"create view whole as {compiled}")
        before = sorted(connection.sql("from whole").fetchall())
        connection.execute(statements)
        assert connection.sql("from united.second").fetchall() == [(10, "second"), (11, "second")]
        assert sorted(connection.sql("from whole").fetchall()) == before
        kinds = connection.sql(
            "select table_name, table_type from information_schema.tables where table_schema = 'united'"
        ).fetchall()
        assert dict(kinds) == {"first": "VIEW", "second": "BASE TABLE"}
        connection.execute("delete from united.second where a = 11")
        assert sorted(connection.sql("from whole").fetchall()) == [(2, "first"), (10, "second")]
        text = connection.sql("select sql from duckdb_views() where view_name = 'whole'").fetchall()
    # the steps of the table alone are not planned with the union
    assert "__dbt__cte__base " in text[0][0] and "__dbt__cte__other" not in text[0][0]
