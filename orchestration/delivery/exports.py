"""A published table as the file of a report, with the rows that its recipient may read."""

from __future__ import annotations

from ingestion.errors import ConfigurationError
from orchestration.delivery.makers import Made, Order
from orchestration.export.table import Wanted, export
from orchestration.lookups import log_lookup, persons
from orchestration.presenting.publication import publication


def make_export(order: Order) -> Made:
    """Write the table of an order as CSV.

    Raises:
        ConfigurationError: there is no such table, or its rows are of persons whom the recipient may not read of.
    """
    report = order.report
    table = report.option("table") or ""
    scope_type, _, scope_id = (report.option("scope") or "").partition(":")
    where = tuple(
        (name.removeprefix("where."), text)
        for name, text in report.options
        if name.startswith("where.")
    )
    tenant = order.tenants[0] if len(order.tenants) == 1 else None
    scope = (scope_type, scope_id) if scope_type else None
    month = f"{order.month:%Y-%m}"
    wanted = Wanted(table, month, report.option("kpi"), scope, where, tenant)

    def before(filters: str, keys: list[str], rows: int, tenants: list[str]) -> None:
        _refuse_strangers(order, table, keys)
        command = f"report {report.name} to {order.recipient.name}: export {table}{filters}"
        log_lookup(order.settings.home, command, keys, rows, tenants)

    path = order.folder / f"{report.name}-{month}.csv".replace("/", "-").replace(" ", "-")
    export(order.settings.marts_file, wanted, path, before)
    tenant_part = f" --tenant {tenant}" if tenant else ""
    return Made((path,), f"deskhouse export {table} --month {month}{tenant_part} --csv FILE")


_TEAMS = """
    select distinct cards.agent_key, teams.team_id, teams.name
    from agent_sla.agent_scorecards as cards
    inner join core.dim_teams as teams on cards.team_key = teams.team_key
    qualify row_number() over (partition by cards.agent_key order by cards.period_end desc) = 1
"""


def _refuse_strangers(order: Order, table: str, keys: list[str]) -> None:
    """Rows of persons go to operations managers, to the leads of all of them, or to the person himself."""
    recipient = order.recipient
    asked = set(persons(keys))
    if not asked or "operations_manager" in recipient.roles:
        return
    published = publication(order.settings)
    own = published.rows(
        "select agent_key from core.dim_agents where agent_id = ?", [recipient.agent or ""]
    )
    allowed = {row["agent_key"] for row in own}
    if "team_lead" in recipient.roles and recipient.teams:
        wanted = {team.casefold() for team in recipient.teams}
        allowed |= {
            row["agent_key"]
            for row in published.rows(_TEAMS)
            if {str(row["team_id"]).casefold(), str(row["name"]).casefold()} & wanted
        }
    if not asked <= allowed:
        raise ConfigurationError(
            f"Report {order.report.name} holds rows of {len(asked - allowed)} persons of whom {recipient.name} may not "
            f"read: narrow {table} with scope or where, or send it to an operations manager."
        )
