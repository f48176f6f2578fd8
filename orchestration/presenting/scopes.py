"""What teams, channels, reasons and macros are called, those of one name told apart by their id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.lookups import log_lookup
from orchestration.presenting.asking import Rows, of_published
from orchestration.presenting.persons import Labels, labels_of, person_said
from orchestration.settings import Settings

Names = Mapping[tuple[str, str, str], str]
"""Label by tenant, scope type and scope id."""
_NAMED = {
    "team": ("core.dim_teams", "team_id"),
    "channel": ("core.dim_channels", "channel_id"),
    "reason": ("core.dim_tags", "lower(name)"),
    "macro": ("core.dim_macros", "macro_id"),
}
"""Where the names of a scope type lie, and the id that marts hold. Persons are not among them: who may be named is
decided where they are shown, and each look is logged."""
_KINDS = {"marketplace_account": "account"}
"""What the options of the commands call a kind of scope, where it is not its code."""


def labels_sql(tables: Iterable[str]) -> str:
    """A query that gives ``tenant_id``, ``scope_type``, ``scope_id`` and ``label``; one row for each named scope.

    Args:
        tables: what is published, ``schema.table``; the names of what is not are not asked for.
    """
    known = set(tables)
    parts = [
        f"select tenant_id, '{kind}' as scope_type, {key} as scope_id, min(name) as name from {table} "
        "where name is not null group by all"
        for kind, (table, key) in _NAMED.items()
        if table in known
    ] or ["select '' as tenant_id, '' as scope_type, '' as scope_id, '' as name where false"]
    return (
        "select tenant_id, scope_type, scope_id, case when lower(name) <> scope_id and count(*) over "
        "(partition by tenant_id, scope_type, lower(name)) > 1 then name || ' (' || scope_id || ')' else name end "
        f"as label from ({' union all '.join(parts)})"
    )


def scope_names(rows: Callable[[str], list[dict[str, Any]]]) -> Names:
    """Labels of every named scope of a publication.

    Args:
        rows: asks the published file, such as :meth:`Publication.rows`.
    """
    found = rows(
        "select table_schema || '.' || table_name as name from information_schema.tables "
        "where table_catalog = current_database()"
    )
    return {
        (row["tenant_id"], row["scope_type"], row["scope_id"]): row["label"]
        for row in rows(labels_sql(row["name"] for row in found))
    }


def label_of(names: Names, tenant_id: str, scope_type: str, scope_id: str) -> str:
    """What a scope is called; its id where it has no name."""
    return names.get((tenant_id, scope_type, scope_id), scope_id)


def published_names(settings: Settings) -> Names:
    """Labels of every named scope of what is published; none before the first publication."""
    return of_published(settings, scope_names) or {}


@dataclass(frozen=True)
class Called:
    """What the scopes of listed rows are called; the look at the persons among them is logged."""

    places: Names
    persons: Labels

    def place(self, row: Mapping[str, Any]) -> str:
        """Kind and name of the scope of a row."""
        of = (row["tenant_id"], row["scope_type"], row["scope_id"])
        return place_said(self.places, *of, self.persons)


def called_in(settings: Settings, command: str, rows: Sequence[Mapping[str, Any]]) -> Called:
    """Names of the scopes of rows that are about to be listed.

    Args:
        settings: whose publication names them.
        command: what lists them, for the log of look-ups.
        rows: with ``tenant_id``, ``scope_type`` and ``scope_id``.

    Raises:
        LookupLogError: there are persons among them and the look cannot be logged.
    """
    of_persons = [row for row in rows if row["scope_type"] == "agent"]
    keys = [row["scope_id"] for row in of_persons]
    log_lookup(
        settings.home, command, keys, len(keys), sorted({row["tenant_id"] for row in of_persons})
    )

    def ask(published: Rows) -> Called:
        return Called(scope_names(published), labels_of(published) if of_persons else {})

    return of_published(settings, ask) or Called({}, {})


def place_said(
    names: Names, tenant_id: str, scope_type: str, scope_id: str, persons: Labels | None = None
) -> str:
    """Kind and name of a scope for a list of a command.

    Args:
        names: of places.
        tenant_id: whose scope it is.
        scope_type: kind of the scope.
        scope_id: its id.
        persons: of whoever has logged the look at them; without, a person is a short id.
    """
    kind = _KINDS.get(scope_type, scope_type)
    if scope_type == "company":
        return kind
    if scope_type == "agent":
        return f"{kind} {person_said(persons or {}, scope_id)}"
    return f"{kind} {label_of(names, tenant_id, scope_type, scope_id)}"
