"""What a suite looks at: a small profile of a table, computed by one query, never the table itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import duckdb
    from great_expectations import ExpectationSuite
    from great_expectations.expectations import Expectation

Checkpoint = Literal["raw", "marts", "publication"]


@dataclass(frozen=True)
class Circumstances:
    """What a profile may depend on besides the data.

    ``as_of`` is the instant of the data (aware UTC); ``published_rows`` counts rows by ``schema.table`` of the
    version readers see now, empty before the first publication or when ``as_of`` lies before that version's.
    """

    as_of: datetime
    published_rows: dict[str, int] = field(default_factory=dict)

    @property
    def as_of_literal(self) -> str:
        """SQL literal of ``as_of`` as a UTC timestamp."""
        return f"timestamp '{self.as_of.replace(tzinfo=None).isoformat(sep=' ')}'"


@dataclass(frozen=True)
class Suite:
    """A named set of expectations on one profile.

    ``tables`` must exist in the file, else the suite fails as a whole; ``label`` is the column of the profile that
    names an offending row to a person.
    """

    name: str
    checkpoint: Checkpoint
    schema: str
    table: str
    label: str
    tables: tuple[str, ...]
    query: Callable[[duckdb.DuckDBPyConnection, Circumstances], str]
    expectations: Callable[[], ExpectationSuite]


def meaning(name: str, owner: str, why: str, action: str) -> dict[str, Any]:
    """The part of an expectation that people read: who acts, why the bound is what it is, what to do."""
    return {"name": name, "owner": owner, "why": why, "action": action}


def suite_of(name: str, expectations: list[Expectation]) -> ExpectationSuite:
    """A GX suite from its expectations."""
    import great_expectations as gx

    return gx.ExpectationSuite(name=name, expectations=expectations)
