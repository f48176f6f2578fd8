"""How dbt puts the steps of a model in front of its query, without reading the whole query as SQL.

dbt parses the text of every model that reads a step with a general SQL parser, only to find its first word. That took a
seventh of the processor time of a build; the first word is found here by passing over blanks and comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbt.artifacts.resources.v1.components import InjectedCTE

_HEAD = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
"""What may stand before the first word of a query."""
_WITH = re.compile(
    rf"with\b(?:{_HEAD.pattern}recursive\b(?!\s*(?:as\b|\()))?", re.DOTALL | re.IGNORECASE
)


def with_steps(sql: str, ctes: Sequence[InjectedCTE]) -> str:
    """A query with the steps it reads before its own common table expressions.

    Args:
        sql: a query; may begin with comments and with ``with`` or ``with recursive``.
        ctes: dbt's, each with the text ``name as (query)``.
    """
    if not ctes:
        return sql
    head = _HEAD.match(sql)
    start = head.end() if head else 0
    steps = ", ".join(str(cte.sql) for cte in ctes)
    own = _WITH.match(sql, start)
    if own is None:
        return f"{sql[:start]}with{steps} {sql[start:]}"
    return f"{sql[: own.end()]}{steps}, {sql[own.end() :]}"


@contextmanager
def quick_steps() -> Iterator[None]:
    """In the block dbt puts steps before queries by ``with_steps``."""
    from dbt import compilation

    own = compilation.inject_ctes_into_sql
    compilation.inject_ctes_into_sql = with_steps
    try:
        yield
    finally:
        compilation.inject_ctes_into_sql = own
