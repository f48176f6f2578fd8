"""What the marts do not say because no source tells it: grey numbers of a month and alert rules that cannot fire."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from orchestration.warehouse import open_read_only

_NUMBERS = """
    select tenant_id, status_reason as reason, kpi_id as name
    from governance_review.kpi_monthly
    where month = ? and scope_type = 'company' and is_governed and status = 'grey_not_measurable'
    group by tenant_id, status_reason, kpi_id
    order by tenant_id, status_reason, kpi_id
"""
_RULES = """
    select tenant_id, not_measurable_reason as reason, rule_id as name
    from agent_sla.alert_rules
    where not is_measurable
    order by tenant_id, not_measurable_reason, rule_id
"""


def not_measured(marts: Path, month: str) -> dict[tuple[str, str], list[str]]:
    """KPIs of the company that cannot be measured in a month (YYYY-MM), by tenant and reason."""
    return _named(marts, _NUMBERS, [f"{month}-01"])


def silent_rules(marts: Path) -> dict[tuple[str, str], list[str]]:
    """Alert rules that cannot fire, by tenant and reason; none where the marts are older than the list of rules."""
    try:
        return _named(marts, _RULES, [])
    except duckdb.CatalogException:
        return {}


def _named(marts: Path, query: str, parameters: list[Any]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    with open_read_only(marts) as connection:
        for tenant, reason, name in connection.execute(query, parameters).fetchall():
            found[tenant, reason].append(name)
    return dict(found)


def print_silent(console: Console, heading: str, found: dict[tuple[str, str], list[str]]) -> None:
    """One line a reason; with several tenants each line begins with its own. Prints nothing where nothing is silent."""
    if not found:
        return
    has_tenants = len({tenant for tenant, _ in found}) > 1
    console.print(f"[dim]{heading}:[/dim]", highlight=False)
    for (tenant, reason), names in found.items():
        whose = f"{tenant}: " if has_tenants else ""
        console.print(
            f"  {whose}{reason}: {', '.join(names)}", style="dim", highlight=False, soft_wrap=True
        )
