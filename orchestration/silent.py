"""What the marts do not say because no source tells it: grey numbers of a month, alert rules and coaching flags."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb

from orchestration.terminal import Terminal, styled
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
    from {table}
    where not is_measurable
    order by tenant_id, not_measurable_reason, rule_id
"""


def not_measured(marts: Path, month: str) -> dict[tuple[str, str], list[str]]:
    """KPIs of the company that cannot be measured in a month (YYYY-MM), by tenant and reason."""
    return _named(marts, _NUMBERS, [f"{month}-01"])


def silent_rules(marts: Path) -> dict[tuple[str, str], list[str]]:
    """Alert rules that cannot fire, by tenant and reason; none where the marts are older than the list of rules."""
    return _rules(marts, "agent_sla.alert_rules")


def silent_flags(marts: Path) -> dict[tuple[str, str], list[str]]:
    """Coaching flags that cannot be raised, by tenant and reason; none where the marts are older than their list."""
    return _rules(marts, "agent_sla.coaching_rules")


def _rules(marts: Path, table: str) -> dict[tuple[str, str], list[str]]:
    try:
        return _named(marts, _RULES.format(table=table), [])
    except duckdb.CatalogException:
        return {}


def _named(marts: Path, query: str, parameters: list[Any]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    with open_read_only(marts) as connection:
        for tenant, reason, name in connection.execute(query, parameters).fetchall():
            found[tenant, reason].append(name)
    return dict(found)


def print_silent(
    terminal: Terminal, heading: str, found: dict[tuple[str, str], list[str]], tenant: str
) -> None:
    """One line a reason of a tenant; nothing where nothing is silent."""
    mine = {reason: names for (whose, reason), names in found.items() if whose == tenant}
    if not mine:
        return
    terminal.line(styled(f"{heading}:", "dim"))
    for reason, names in mine.items():
        terminal.line(styled(f"  {reason}: {', '.join(names)}", "dim"))
