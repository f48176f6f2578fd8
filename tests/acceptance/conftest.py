"""One pipeline run judges every acceptance fixture: each is a tenant of the same landing folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.acceptance.alarm_desks import alarm_desks
from tests.acceptance.calendar_desks import calendar_desks
from tests.acceptance.channel_desks import channel_desks
from tests.acceptance.coaching_desks import coaching_desks
from tests.acceptance.desks import all_desks
from tests.acceptance.example_desks import example_desks
from tests.acceptance.fairness_desks import fairness_desks
from tests.acceptance.health_desks import health_desks
from tests.acceptance.ops_desks import ops_desks
from tests.acceptance.person_desks import person_desks
from tests.acceptance.quiet_desks import quiet_desks
from tests.acceptance.rule_desks import rule_desks
from tests.acceptance.silent_desks import silent_desks
from tests.acceptance.trap_desks import trap_desks
from tests.landing_builder import Desk, at, write
from tests.pipeline import run_landing
from tests.shared_build import built_once, held_for_reading

AS_OF = at("2026-11-20 00:00")


class Warehouse:
    """Read access to a built warehouse in the words of the fixtures."""

    def __init__(self, path: Path) -> None:
        self._connection = duckdb.connect(str(path), read_only=True)

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """Rows of a query as dicts."""
        cursor = self._connection.execute(query, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def obligations(self, tenant: str, ticket: str | None = None) -> list[dict[str, Any]]:
        """Obligations of a tenant (or one of its tickets) by start, agents and teams by their own ids."""
        return self.rows(
            """
            select
                facts.*, tickets.ticket_id, original.ticket_id as original_ticket_id,
                marketplace_owner.agent_id as marketplace_owner, internal_owner.agent_id as internal_owner,
                owner_team.team_id as marketplace_owner_team, responder.agent_id as responder
            from core.fct_response_obligations as facts
            left join core.dim_tickets as tickets on facts.ticket_key = tickets.ticket_key
            left join core.dim_tickets as original on facts.original_ticket_key = original.ticket_key
            left join core.dim_agents as marketplace_owner
                on facts.marketplace_sla_owner_agent_key = marketplace_owner.agent_key
            left join core.dim_agents as internal_owner
                on facts.internal_sla_owner_agent_key = internal_owner.agent_key
            left join core.dim_agents as responder on facts.responder_agent_key = responder.agent_key
            left join core.dim_teams as owner_team
                on facts.marketplace_sla_owner_team_key = owner_team.team_key
            where facts.tenant_id = ? and coalesce(?, tickets.ticket_id) = tickets.ticket_id
            order by facts.started_at, facts.original_ticket_key
            """,
            tenant,
            ticket,
        )

    def obligation(self, tenant: str, ticket: str | None = None) -> dict[str, Any]:
        """The only obligation of a tenant or ticket."""
        (row,) = self.obligations(tenant, ticket)
        return row

    def kpi(
        self,
        tenant: str,
        kpi_id: str,
        month: str,
        layer: str = "none",
        stat: str | None = None,
        clock: str | None = None,
        scope_type: str = "company",
        scope_id: str | None = None,
        variant: str | None = None,
    ) -> dict[str, Any]:
        """The one governance row that the arguments name; without a variant the governed one, not its companions."""
        found = self.rows(
            """
            select * from governance_review.kpi_monthly
            where tenant_id = ? and kpi_id = ? and month = cast(? as date) and layer = ?
                and coalesce(?, stat) = stat and coalesce(?, clock) = clock
                and scope_type = ? and coalesce(?, scope_id) = scope_id
                and variant = coalesce(?, (
                    select max(governed_variant) from governance_review.kpi_definitions as definitions
                    where definitions.kpi_id = kpi_monthly.kpi_id
                ))
            """,
            *(tenant, kpi_id, month, layer, stat, clock, scope_type, scope_id, variant),
        )
        assert len(found) == 1, f"{tenant} {kpi_id} {month}: {len(found)} rows: {found}"
        return found[0]


def acceptance_desks() -> list[Desk]:
    """Every tenant of the acceptance fixtures."""
    desks = all_desks() + trap_desks() + health_desks() + ops_desks() + fairness_desks()
    desks += example_desks() + coaching_desks() + alarm_desks()
    desks += silent_desks() + calendar_desks() + rule_desks() + person_desks() + channel_desks()
    return desks + quiet_desks()


def build_acceptance_home(home: Path) -> None:
    """Load all acceptance tenants into ``home`` and build everything."""
    run_landing(write(acceptance_desks(), home / "landing"), home, AS_OF)


@pytest.fixture(scope="session")
def acceptance_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Data folder of the run over all acceptance tenants."""
    built = built_once(tmp_path_factory, "acceptance", build_acceptance_home)
    with held_for_reading(built) as home:
        yield home


@pytest.fixture(scope="session")
def warehouse(acceptance_home: Path) -> Iterator[Warehouse]:
    """The warehouse of the acceptance tenants."""
    yield Warehouse(acceptance_home / "warehouse.duckdb")


@pytest.fixture(scope="session")
def obligation(warehouse: Warehouse) -> Callable[..., dict[str, Any]]:
    """Shorthand for the only obligation of a tenant or ticket."""
    return warehouse.obligation
