"""Who answers for a KPI by default: the patterns of the seed, spelled out per KPI and scope type as in dbt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Row = Mapping[str, str]


def duties_of(definition: Row, lines: Sequence[Row]) -> Iterator[dict[str, str]]:
    """Roles of one KPI, one mapping (kpi_id, scope_type, role, kind, forum_id) per scope type of its card and role.

    Args:
        definition: line of ``seed_kpi_definitions``: kpi_id, duties, allowed_scopes, forum_id.
        lines: all of ``seed_kpi_accountability``. Those that name the KPI go before those of its pattern in a scope.
    """
    for scope_type in definition["allowed_scopes"].split("|"):
        found = [line for line in lines if scope_type in line["scope_types"].split("|")]
        own = [line for line in found if line["kpi_id"] == definition["kpi_id"]]
        shared = [
            line for line in found if not line["kpi_id"] and line["duties"] == definition["duties"]
        ]
        for line in own or shared:
            yield {
                "kpi_id": definition["kpi_id"],
                "scope_type": scope_type,
                "role": line["role"],
                "kind": line["kind"],
                "forum_id": definition["forum_id"],
            }
